// The connection to the LiveKit room: joins it, watches it, rejoins when it is lost, and asks our server for the reason.
//
// Fires "partner" (came, left, or their picture, sound or connection changed), "connection" (its state, or the next attempt), "sound"
// (whether the browser lets us play sound), and at the end "displaced" or "ended" (its detail is the Problem).

import { Problem, requestJoinGrant } from "./api.js";
import { explainJoinFailure } from "./join_failure.js";
import { TEMPORARY } from "./problem_codes.js";
import { rejoinDelayS, resumeDelayMs } from "./retry_delays.js";
import { TrackPublisher } from "./track_publisher.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./api.js").JoinGrant} JoinGrant */
/** @typedef {import("livekit-client").Room} LiveKitRoom @typedef {typeof import("./livekit.js")} LiveKit */
/** @typedef {"connecting" | "good" | "weak" | "lost" | "closed"} ConnectionState */

const JOIN_TIMEOUT_MS = 15_000;
const REJOIN_FOR_MS = 60_000;

export class RoomConnection extends EventTarget {
  /** @type {LiveKitRoom | null} the room we are in */
  #room = null;
  /** @type {LiveKitRoom | null} the room we are joining */
  #joining = null;
  /** @type {TrackPublisher | null} */
  #publisher = null;
  /** @type {ConnectionState} */
  state = "connecting";
  /** The number of the current attempt to rejoin, from 1; 0 while there is none. */
  attempt = 0;
  /** Whether the browser still blocked sound after a press. */
  isSoundRefused = false;
  /** When the next attempt starts, in milliseconds since 1970; 0 while none is waiting. */
  nextTryAt = 0;
  /** @type {(() => void) | null} */
  #endWait = null;
  #hangUp = new AbortController();

  /** @param {Devices} devices @param {LiveKit} kit */
  constructor(devices, kit) {
    super();
    this.devices = devices;
    this.kit = kit;
    addEventListener("online", () => this.tryNow(), { signal: this.#hangUp.signal });
  }

  get #isHungUp() {
    return this.#hangUp.signal.aborted;
  }

  /** The partner, if they are in the room. Identities with "#" are not students. */
  get partner() {
    return [...(this.#room?.remoteParticipants.values() ?? [])].find(({ identity }) => !identity.includes("#")) ?? null;
  }

  /** Whether the partner is in the room and LiveKit has not lost the connection to them. */
  get isPartnerReachable() {
    return this.partner !== null && this.partner.connectionQuality !== this.kit.ConnectionQuality.Lost;
  }

  /** Whether the browser blocks sound until the student presses something. */
  get isSilenced() {
    return this.#room !== null && !this.#room.canPlaybackAudio;
  }

  /** Join the room and publish the devices that are on. Throws Problem. @param {JoinGrant} grant */
  async join(grant) {
    if (this.#isHungUp) return;
    const room = new this.kit.Room({
      adaptiveStream: true,
      dynacast: true,
      stopLocalTrackOnUnpublish: false,
      reconnectPolicy: { nextRetryDelayInMs: ({ retryCount }) => resumeDelayMs(retryCount) },
    });
    await this.#connect(room, grant);
    if (this.#isHungUp) return disconnectFrom(room);
    this.#listenTo(room);
    this.#room = room;
    this.attempt = 0;
    this.devices.inCall = true;
    const { Camera, Microphone } = this.kit.Track.Source;
    this.#publisher = new TrackPublisher(room, { camera: Camera, microphone: Microphone }, this.devices);
    this.#setState("good");
    this.#notify("partner");
    this.#publisher.synchronize();
  }

  /** Connect within the deadline; the client itself may try forever. @param {LiveKitRoom} room @param {JoinGrant} grant */
  async #connect(room, { url, token }) {
    /** @type {number | undefined} */
    let timer;
    let wasLetIn = false;
    room.once(this.kit.RoomEvent.SignalConnected, () => (wasLetIn = true));
    const tooLate = new Promise((_, reject) => (timer = setTimeout(reject, JOIN_TIMEOUT_MS, {})));
    this.#joining = room;
    try {
      await Promise.race([room.connect(url, token, { maxRetries: 1 }), tooLate]);
    } catch (error) {
      disconnectFrom(room);
      // The client's error may contain the token, so it is neither shown nor kept.
      const leaveRequest = this.kit.ConnectionErrorReason.LeaveRequest;
      throw new Problem(await explainJoinFailure({ url, error: error ?? {}, wasLetIn, leaveRequest }));
    } finally {
      clearTimeout(timer);
      this.#joining = null;
    }
  }

  /** @param {LiveKitRoom} room */
  #listenTo(room) {
    const { RoomEvent } = this.kit;
    const partnerChanged = () => queueMicrotask(() => this.#notify("partner")); // after related events
    const partnerEvents = /** @type {const} */ ([
      RoomEvent.ParticipantConnected, RoomEvent.ParticipantDisconnected, RoomEvent.ParticipantActive,
      RoomEvent.TrackPublished, RoomEvent.TrackUnpublished, RoomEvent.TrackSubscribed, RoomEvent.TrackUnsubscribed,
      RoomEvent.TrackMuted, RoomEvent.TrackUnmuted,
    ]);
    for (const event of partnerEvents) room.on(event, partnerChanged);
    room.on(RoomEvent.Reconnecting, () => this.#setState("lost"));
    room.on(RoomEvent.SignalReconnecting, () => this.#setState("lost"));
    room.on(RoomEvent.Reconnected, () => (this.#setState("good"), this.#publisher?.synchronize()));
    room.on(RoomEvent.ConnectionQualityChanged, (quality, { isLocal }) => {
      if (isLocal) this.#qualityChanged(quality);
      else partnerChanged();
    });
    room.on(RoomEvent.AudioPlaybackStatusChanged, () => this.#soundChanged());
    room.on(RoomEvent.Disconnected, (reason) => this.#disconnected(room, reason));
  }

  #soundChanged() {
    this.isSoundRefused &&= this.isSilenced;
    this.#notify("sound");
  }

  /** @param {import("livekit-client").ConnectionQuality} quality */
  #qualityChanged(quality) {
    const { ConnectionQuality } = this.kit;
    if (this.state === "lost") return;
    this.#setState(quality === ConnectionQuality.Poor || quality === ConnectionQuality.Lost ? "weak" : "good");
  }

  /** @param {LiveKitRoom} room @param {number | undefined} reason */
  #disconnected(room, reason) {
    if (room !== this.#room || this.#isHungUp) return;
    this.#room = null;
    this.#publisher?.stop();
    if (reason === this.kit.DisconnectReason.DUPLICATE_IDENTITY) {
      this.#setState("closed");
      this.#notify("displaced");
    } else {
      this.#rejoin();
    }
  }

  /** Rejoin with a new token, at growing intervals, for a minute; our server's answer tells whether that is still allowed. */
  async #rejoin() {
    const since = Date.now();
    this.#setState("lost");
    for (this.attempt = 1; !this.#isHungUp; this.attempt += 1) {
      this.#notify("connection");
      try {
        return await this.join(await requestJoinGrant());
      } catch (error) {
        const problem = Problem.from(error);
        if (!TEMPORARY.has(problem.code) || Date.now() - since > REJOIN_FOR_MS) return this.#endWith(problem);
        await this.#waitFor(problem.retryAfter ?? rejoinDelayS(this.attempt));
      }
    }
  }

  /** Wait before the next attempt; `tryNow` ends the wait. @param {number} seconds */
  async #waitFor(seconds) {
    if (this.#isHungUp) return;
    this.nextTryAt = Date.now() + seconds * 1000;
    this.#notify("connection");
    /** @type {number | undefined} */
    let timer;
    await new Promise((resolve) => {
      this.#endWait = () => resolve(undefined);
      timer = setTimeout(resolve, seconds * 1000);
    });
    clearTimeout(timer);
    this.#endWait = null;
    this.nextTryAt = 0;
  }

  /** Start the next attempt to rejoin immediately, if one is waiting. */
  tryNow() {
    this.#endWait?.();
  }

  /** Let the browser play sound. Browsers allow this only in response to a click or key. */
  async startSound() {
    await this.#room?.startAudio().catch(() => {});
    this.isSoundRefused = this.isSilenced;
    this.#notify("sound");
  }

  /** Leave the room, or stop joining it. No event is fired afterwards. */
  hangUp() {
    this.#hangUp.abort();
    this.#endWait?.();
    this.#publisher?.stop();
    for (const room of [this.#room, this.#joining]) if (room) disconnectFrom(room);
    this.#room = null;
  }

  /** @param {Problem} problem */
  #endWith(problem) {
    this.#setState("closed");
    this.#notify("ended", problem);
  }

  /** @param {ConnectionState} state */
  #setState(state) {
    if (state === this.state) return;
    this.state = state;
    this.#notify("connection");
  }

  /** @param {string} event @param {unknown} [detail] */
  #notify(event, detail) {
    if (!this.#isHungUp) this.dispatchEvent(new CustomEvent(event, { detail }));
  }
}

/** Disconnect, but leave the tracks running: they belong to the devices. @param {LiveKitRoom} room */
function disconnectFrom(room) {
  room.disconnect(false).catch(() => {});
}
