// The connection to the room: joins, publishes what is on, comes back by itself, and asks our server why when it cannot.
//
// Fires "partner" (came, went, or their picture or sound changed), "connection" (its state or quality), "sound" (whether
// the browser lets us be heard), and, for good, "displaced" or "ended" (with the Problem, if there is one).

import { Problem, joinToken } from "./api.js";
import { pause } from "./moments.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {typeof import("./livekit.js")} LiveKit */
/** @typedef {"connecting" | "good" | "weak" | "lost" | "closed"} Connection */

const DEADLINE = 15_000;
const GIVE_UP_AFTER = 60_000;
const WORTH_A_RETRY = new Set(["offline", "video_unreachable", "slow_down", "internal", "store_unavailable"]);

/** @type {Promise<LiveKit> | null} */
let loading = null;

/** Fetch livekit-client, once. */
export function load() {
  loading ??= import("./livekit.js").catch((error) => {
    loading = null;
    throw error;
  });
  return loading;
}

export class Call extends EventTarget {
  /** @type {import("livekit-client").Room | null} */
  #room = null;
  /** @type {LiveKit | null} */
  #kit = null;
  /** @type {Connection} */
  connection = "connecting";
  attempt = 0;
  nextTryAt = 0;
  /** @type {(() => void) | null} */
  #hurry = null;
  #leaving = false;

  /** @param {Devices} devices */
  constructor(devices) {
    super();
    this.devices = devices;
    devices.addEventListener("change", () => this.#publish());
  }

  /** The partner in the room, if they are. */
  get partner() {
    return [...(this.#room?.remoteParticipants.values() ?? [])].find((someone) => !someone.identity.includes("#")) ?? null;
  }

  /** Whether the browser holds the sound back until the student presses something. */
  get silenced() {
    return this.#room !== null && !this.#room.canPlaybackAudio;
  }

  /** Join. Raises Problem where the server does not let us, or LiveKit cannot be reached. */
  async join() {
    const kit = await load().catch(() => {
      throw new Problem("offline");
    });
    this.#kit = kit;
    await this.#connect(await joinToken());
    this.#is("good");
    this.#publish();
  }

  /** @param {import("./api.js").JoinToken} way */
  async #connect(way) {
    const kit = /** @type {LiveKit} */ (this.#kit);
    const room = new kit.Room({ adaptiveStream: true, dynacast: true, stopLocalTrackOnUnpublish: false });
    this.#listen(room, kit);
    const late = new Promise((_, refuse) => setTimeout(() => refuse(new Problem("video_unreachable")), DEADLINE));
    try {
      await Promise.race([room.connect(way.url, way.token, { maxRetries: 1 }), late]);
    } catch {
      // What the client says may hold the token, so nothing of it is shown or kept.
      room.removeAllListeners();
      room.disconnect().catch(() => {});
      throw new Problem("video_unreachable");
    }
    this.#room = room;
  }

  /** @param {import("livekit-client").Room} room @param {LiveKit} kit */
  #listen(room, { RoomEvent, ConnectionQuality }) {
    const partner = () => this.#tell("partner");
    for (const event of [RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed, RoomEvent.TrackMuted, RoomEvent.TrackUnmuted, RoomEvent.TrackPublished, RoomEvent.TrackUnpublished, RoomEvent.ParticipantActive]) {
      room.on(event, partner);
    }
    room.on(RoomEvent.Reconnecting, () => this.#is("lost"));
    room.on(RoomEvent.SignalReconnecting, () => this.#is("lost"));
    room.on(RoomEvent.Reconnected, () => this.#is("good"));
    room.on(RoomEvent.ConnectionQualityChanged, (quality, who) => {
      if (!who.isLocal || this.connection === "lost") return;
      this.#is(quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost ? "weak" : "good");
    });
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => this.#tell("sound"));
    room.on(RoomEvent.Disconnected, (reason) => this.#disconnected(room, reason));
  }

  /** @param {import("livekit-client").Room} room @param {number | undefined} reason */
  #disconnected(room, reason) {
    if (room !== this.#room || this.#leaving) return;
    this.#room = null;
    this.#tell("partner");
    if (reason === this.#kit?.DisconnectReason.DUPLICATE_IDENTITY) {
      this.#is("closed");
      this.#tell("displaced");
    } else {
      this.#comeBack();
    }
  }

  /** Ask our server why, and try again with a new join token, ever more slowly, for a minute. */
  async #comeBack() {
    const since = Date.now();
    this.#is("lost");
    for (this.attempt = 1; !this.#leaving; this.attempt += 1) {
      try {
        await this.#connect(await joinToken());
        this.attempt = 0;
        this.#is("good");
        this.#tell("partner");
        await this.#publish(true);
        return;
      } catch (error) {
        const problem = error instanceof Problem ? error : new Problem("internal");
        if (!WORTH_A_RETRY.has(problem.code) || Date.now() - since > GIVE_UP_AFTER) return this.#ended(problem);
        await this.#rest(problem.retryAfter ?? pause(this.attempt));
      }
    }
  }

  /** @param {number} seconds */
  async #rest(seconds) {
    this.nextTryAt = Date.now() + seconds * 1000;
    this.#tell("connection");
    await new Promise((wake) => {
      this.#hurry = () => wake(undefined);
      setTimeout(wake, seconds * 1000);
    });
    this.#hurry = null;
    this.nextTryAt = 0;
    this.#tell("connection");
  }

  /** Do not wait for the next try. */
  tryNow() {
    this.#hurry?.();
  }

  /** @param {Problem} problem */
  #ended(problem) {
    this.#is("closed");
    this.dispatchEvent(new CustomEvent("ended", { detail: problem }));
  }

  /** Bring what is published in line with what is on. `afresh`: to a room that knows nothing of us yet. */
  async #publish(afresh = false) {
    const room = this.#room;
    if (!room || !this.#kit) return;
    const { Track } = this.#kit;
    const sources = /** @type {[Kind, import("livekit-client").Track.Source][]} */ ([["microphone", Track.Source.Microphone], ["camera", Track.Source.Camera]]);
    for (const [kind, source] of sources) {
      const wanted = this.devices.tracks[kind];
      const published = room.localParticipant.getTrackPublication(source);
      const current = published?.track?.mediaStreamTrack ?? null;
      if (current === wanted && !afresh) continue;
      try {
        if (published?.track) await room.localParticipant.unpublishTrack(published.track, false);
        if (wanted) await room.localParticipant.publishTrack(wanted, { source, simulcast: kind === "camera" });
      } catch {
        // The connection broke meanwhile; coming back publishes again.
      }
    }
    if (this.devices.speaker) await room.switchActiveDevice("audiooutput", this.devices.speaker).catch(() => {});
  }

  /** Let the browser play sound; must be called from a press. */
  async startSound() {
    await this.#room?.startAudio().catch(() => {});
    this.#tell("sound");
  }

  /** Leave the room; nothing is fired any more. */
  async hangUp() {
    this.#leaving = true;
    this.#hurry?.();
    await this.#room?.disconnect().catch(() => {});
    this.#room = null;
  }

  /** @param {Connection} connection */
  #is(connection) {
    if (connection === this.connection) return;
    this.connection = connection;
    this.#tell("connection");
  }

  /** @param {string} event */
  #tell(event) {
    this.dispatchEvent(new Event(event));
  }
}
