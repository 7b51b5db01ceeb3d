// The connection to the room: joins, notices how it is, comes back by itself, and asks our server why when it cannot.
//
// Fires "partner" (came, went, or their picture or sound changed), "connection" (its state or quality), "sound" (whether
// the browser lets us be heard), and, for good, "displaced" or "ended" (with the Problem).

import { Problem, joinToken } from "./api.js";
import { pause } from "./moments.js";
import { Publisher } from "./publisher.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("livekit-client").Room} LiveKitRoom @typedef {typeof import("./livekit.js")} LiveKit */
/** @typedef {"connecting" | "good" | "weak" | "lost" | "closed"} Connection */

const DEADLINE = 15_000;
const GIVE_UP_AFTER = 60_000;
const CLIENT_TRIES = [0, 300, 1_200, 2_700, 4_800];
const WORTH_A_RETRY = new Set([
  "offline", "video_blocked", "video_unreachable", "slow_down", "internal", "store_unavailable",
]);

export class Call extends EventTarget {
  /** @type {LiveKitRoom | null} */
  #room = null;
  /** @type {Publisher | null} */
  #publisher = null;
  /** @type {Connection} */
  connection = "connecting";
  attempt = 0;
  nextTryAt = 0;
  /** @type {(() => void) | null} */
  #hurry = null;
  #quit = new AbortController();

  /** @param {Devices} devices @param {LiveKit} kit */
  constructor(devices, kit) {
    super();
    this.devices = devices;
    this.kit = kit;
    addEventListener("online", () => this.tryNow(), { signal: this.#quit.signal });
  }

  /** The partner in the room, if they are. */
  get partner() {
    return [...(this.#room?.remoteParticipants.values() ?? [])].find(({ identity }) => !identity.includes("#")) ?? null;
  }

  /** Whether the browser holds the sound back until the student presses something. */
  get silenced() {
    return this.#room !== null && !this.#room.canPlaybackAudio;
  }

  /** Join. Raises Problem where LiveKit cannot be reached. @param {import("./api.js").JoinToken} way */
  async join(way) {
    const room = new this.kit.Room({
      adaptiveStream: true,
      dynacast: true,
      stopLocalTrackOnUnpublish: false,
      reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => spread(CLIENT_TRIES[retryCount]) },
    });
    await this.#connect(room, way);
    if (this.#quit.signal.aborted) return void room.disconnect(false);
    this.#listen(room);
    this.#room = room;
    this.attempt = 0;
    this.devices.inCall = true;
    const { Camera, Microphone } = this.kit.Track.Source;
    this.#publisher = new Publisher(room, { camera: Camera, microphone: Microphone }, this.devices);
    this.#is("good");
    this.#tell("partner");
    this.#publisher.publish();
  }

  /** The client may try for ever, so it gets a deadline. @param {LiveKitRoom} room @param {{ url: string, token: string }} way */
  async #connect(room, { url, token }) {
    /** @type {number | undefined} */
    let timer;
    const late = new Promise((_, refuse) => (timer = window.setTimeout(refuse, DEADLINE)));
    try {
      await Promise.race([room.connect(url, token, { maxRetries: 1 }), late]);
    } catch {
      // What the client says may hold the token, so nothing of it is shown or kept.
      room.disconnect(false).catch(() => {});
      throw new Problem("video_blocked");
    } finally {
      clearTimeout(timer);
    }
  }

  /** @param {LiveKitRoom} room */
  #listen(room) {
    const { RoomEvent } = this.kit;
    const partner = () => queueMicrotask(() => this.#tell("partner")); // after what belongs to the same moment
    const events = /** @type {const} */ ([
      RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.ParticipantActive,
      RoomEvent.TrackPublished, RoomEvent.TrackUnpublished, RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted, RoomEvent.TrackUnmuted,
    ]);
    for (const event of events) room.on(event, partner);
    room.on(RoomEvent.Reconnecting, () => this.#is("lost"));
    room.on(RoomEvent.SignalReconnecting, () => this.#is("lost"));
    room.on(RoomEvent.Reconnected, () => (this.#is("good"), this.#publisher?.publish()));
    room.on(RoomEvent.ConnectionQualityChanged, (quality, who) => who.isLocal && this.#hasQuality(quality));
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => this.#tell("sound"));
    room.on(RoomEvent.Disconnected, (reason) => this.#disconnected(room, reason));
  }

  /** @param {import("livekit-client").ConnectionQuality} quality */
  #hasQuality(quality) {
    const { ConnectionQuality } = this.kit;
    if (this.connection === "lost") return;
    this.#is(quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost ? "weak" : "good");
  }

  /** @param {LiveKitRoom} room @param {number | undefined} reason */
  #disconnected(room, reason) {
    if (room !== this.#room || this.#quit.signal.aborted) return;
    this.#room = null;
    this.#publisher?.stop();
    if (reason === this.kit.DisconnectReason.DUPLICATE_IDENTITY) {
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
    for (this.attempt = 1; !this.#quit.signal.aborted; this.attempt += 1) {
      this.#tell("connection");
      try {
        return await this.join(await joinToken());
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
  }

  /** Do not wait for the next try. */
  tryNow() {
    this.#hurry?.();
  }

  /** Let the browser play sound; must be called from a press. */
  async startSound() {
    await this.#room?.startAudio().catch(() => {});
    this.#tell("sound");
  }

  /** Leave the room; nothing is fired any more. */
  hangUp() {
    this.#quit.abort();
    this.#hurry?.();
    this.#publisher?.stop();
    this.#room?.disconnect(false).catch(() => {});
    this.#room = null;
  }

  /** @param {Problem} problem */
  #ended(problem) {
    this.#is("closed");
    this.dispatchEvent(new CustomEvent("ended", { detail: problem }));
  }

  /** @param {Connection} connection */
  #is(connection) {
    if (connection === this.connection) return;
    this.connection = connection;
    this.#tell("connection");
  }

  /** @param {string} event */
  #tell(event) {
    if (!this.#quit.signal.aborted) this.dispatchEvent(new Event(event));
  }
}

/** A delay give or take a half, so that not everybody comes back at once; none where there is none. @param {number | undefined} delay */
function spread(delay) {
  return delay === undefined ? null : delay * (0.5 + Math.random());
}
