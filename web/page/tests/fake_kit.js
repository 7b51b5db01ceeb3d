// Named fakes for everything a room connection talks to: livekit-client's Room, our server, the student's devices, the
// browser's window. Time is virtual. Constants come from the real livekit-client.

import { ConnectionError, ConnectionErrorReason, ConnectionQuality, DisconnectReason, RoomEvent, Track } from "livekit-client";
import { RoomConnection } from "../room_connection.js";
import { endLife } from "../screen_life.js";

export const NOW = Date.parse("2026-03-02T12:00:00Z");
export const GRANT = { url: "wss://livekit.test", token: "FIRST-TOKEN", expires_at: "2026-03-02T12:10:00Z" };
const EVENTS = ["partner", "connection", "sound", "displaced", "ended"];

/** A view of the session as our server sends it, with some parts changed. */
export function view({ partner = {}, times = {}, ...changes } = {}) {
  return {
    version: 1,
    state: "inviting",
    me: { name: "Noor", came: true, removed: false },
    partner: { name: "Mara", present: false, came: false, left: false, ...partner },
    times: { another_at: "2026-03-02T12:07:00Z", met_at: null, ...times },
    ...changes,
  };
}

/** Let everything happen that needs no time to pass. */
export async function settle() {
  for (let round = 0; round < 5; round += 1) await new Promise((resolve) => setImmediate(resolve));
}

/** Let virtual time pass, in steps short enough for one thing to follow another. */
export async function passTime(t, milliseconds, stepMs = 250) {
  await settle();
  for (let rest = milliseconds; rest > 0; rest -= stepMs) {
    t.mock.timers.tick(Math.min(stepMs, rest));
    await settle();
  }
}

/** A published track as livekit-client shows it. */
class FakePublication {
  isMuted = false;

  constructor(mediaStreamTrack, log) {
    this.log = log;
    this.track = {
      mediaStreamTrack,
      replaceTrack: async (track, isUserProvided) => {
        log.push(["replace", track, isUserProvided]);
        this.track.mediaStreamTrack = track;
      },
    };
  }

  async mute() {
    this.log.push(["mute", this.track.mediaStreamTrack]);
    this.isMuted = true;
  }

  async unmute() {
    this.log.push(["unmute", this.track.mediaStreamTrack]);
    this.isMuted = false;
  }
}

/** How livekit-client reports a WebSocket that was closed before it was open; its text may hold the token. */
export const WEBSOCKET_CLOSED = ConnectionError.websocket(`could not open wss://livekit.test/rtc/v1?access_token=${GRANT.token}`);

/**
 * livekit-client's Room. `connecting` says what `connect` does: "accept", "refuse", "hang" until `accept()`, or an error
 * that it rejects with; `letIn` makes LiveKit let us in before that.
 */
export class FakeRoom {
  /** What happened to the tracks and the speaker, in order. */
  log = [];
  connectedWith = null;
  disconnectedWith = [];
  canPlaybackAudio = true;
  remoteParticipants = new Map();
  /** Set to a promise to make publishing wait, or to an Error to make it fail. */
  publishing = Promise.resolve();
  /** The sources that it does not publish. */
  refuses = [];
  state = "connected";
  speaker = "default";
  speakerError = null;
  soundsStarted = 0;
  #listeners = new Map();
  #publications = new Map();

  constructor(options, connecting) {
    this.options = options;
    this.connecting = connecting;
    this.localParticipant = {
      getTrackPublication: (source) => this.#publications.get(source),
      publishTrack: (track, { source, simulcast }) => this.#publish(track, source, simulcast),
    };
  }

  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  once(event, listener) {
    return this.on(event, listener);
  }

  emit(event, ...values) {
    for (const listener of this.#listeners.get(event) ?? []) listener(...values);
  }

  connect(url, token, options) {
    this.connectedWith = { url, token, options };
    if (this.connecting === "accept") return Promise.resolve();
    const { letIn = false, error = this.connecting } = this.connecting;
    if (letIn) this.emit(RoomEvent.SignalConnected);
    if (error instanceof Error) return Promise.reject(error);
    if (error === "refuse") return Promise.reject(WEBSOCKET_CLOSED);
    return new Promise((resolve, reject) => Object.assign(this, { accept: resolve, abort: reject }));
  }

  /** Like the real one: aborts connecting; a connected room reports that its client wanted to leave. */
  async disconnect(stopTracks) {
    this.disconnectedWith.push(stopTracks);
    this.abort?.(new Error("aborted by the client"));
    this.emit(RoomEvent.Disconnected, DisconnectReason.CLIENT_INITIATED);
  }

  async startAudio() {
    this.soundsStarted += 1;
  }

  getActiveDevice() {
    return this.speaker;
  }

  async switchActiveDevice(kind, deviceId) {
    this.log.push(["speaker", kind, deviceId]);
    if (this.speakerError) throw this.speakerError;
    this.speaker = deviceId;
  }

  async #publish(track, source, simulcast) {
    this.log.push(["publish", track, source, simulcast]);
    if (this.publishing instanceof Error) throw this.publishing;
    if (this.refuses.includes(source)) throw new Error("refused");
    await this.publishing;
    this.#publications.set(source, new FakePublication(track, this.log));
  }
}

/** The module livekit.js. Each new room takes the next of `connects`; when they run out, rooms accept. */
export class FakeKit {
  ConnectionErrorReason = ConnectionErrorReason;
  ConnectionQuality = ConnectionQuality;
  DisconnectReason = DisconnectReason;
  RoomEvent = RoomEvent;
  Track = Track;
  /** @type {FakeRoom[]} */
  rooms = [];

  constructor(connects = []) {
    const kit = this;
    this.Room = class extends FakeRoom {
      constructor(options) {
        super(options, connects.shift() ?? "accept");
        kit.rooms.push(this);
      }
    };
  }

  get lastRoom() {
    return this.rooms.at(-1);
  }
}

/**
 * Our server. Each request takes the next of `answers`; when they run out, it answers with a new join grant.
 * An answer is a JSON value, a problem from `problem()`, "unreachable", "garbled", "foreign" (a page that something in
 * between has sent), "empty", or a promise of one of them.
 */
export class FakeServer {
  requests = [];
  /** Whether LiveKit's host answers plain HTTP. */
  livekitAnswers = true;
  probes = [];
  #answers;

  constructor(answers = []) {
    this.#answers = answers;
    this.fetch = this.fetch.bind(this);
  }

  async fetch(path, { method, headers, body, keepalive, ...options }) {
    if (path.startsWith("http")) {
      this.probes.push({ address: path, ...options });
      if (!this.livekitAnswers) throw new TypeError("fetch failed");
      return { type: "opaque" };
    }
    this.requests.push({ method, path, headers, body: body && JSON.parse(body), keepalive });
    const number = this.requests.length;
    const answer = (await this.#answers.shift()) ?? { ...GRANT, token: `TOKEN-${number}` };
    if (answer === "unreachable") throw new TypeError("fetch failed");
    if (answer === "garbled") return { status: 502, ok: false, json: () => Promise.reject(new SyntaxError("not JSON")) };
    if (answer === "foreign") return { status: 200, ok: true, json: () => Promise.reject(new SyntaxError("not JSON")) };
    if (answer === "empty") return { status: 204, ok: true, json: () => Promise.reject(new SyntaxError("empty")) };
    const status = answer.problem ? 400 : 200;
    return { status, ok: status === 200, json: async () => answer.problem ?? answer };
  }
}

/** An answer of `FakeServer` that reports a problem. */
export function problem(code, details = {}) {
  return { problem: { code, ...details } };
}

/** The student's devices; tracks are just names. */
export class FakeDevices extends EventTarget {
  tracks = { microphone: null, camera: null };
  on = { microphone: false, camera: false };
  trouble = { microphone: null, camera: null };
  isRequesting = { microphone: false, camera: false };
  speaker = "";
  speakerTrouble = null;
  inCall = false;

  /** Change some of the above and say so. */
  change({ tracks = {}, on = {}, ...others }) {
    Object.assign(this.tracks, tracks);
    Object.assign(this.on, on);
    Object.assign(this, others);
    this.dispatchEvent(new Event("change"));
  }

  releaseAll() {
    this.inCall = false;
    this.change({ on: { microphone: false, camera: false }, tracks: { microphone: null, camera: null } });
  }

  report(kind, trouble) {
    this.trouble[kind] = trouble;
    this.dispatchEvent(new CustomEvent("trouble", { detail: kind }));
    this.change({});
  }

  resolve(kind, trouble) {
    if (this.trouble[kind] !== trouble) return;
    this.trouble[kind] = null;
    this.change({});
  }

  loseSpeaker(speakerTrouble) {
    this.dispatchEvent(new CustomEvent("trouble", { detail: "speaker" }));
    this.change({ speaker: "", speakerTrouble });
  }
}

/** Replace `fetch` by a fake server's until the test ends. */
export function useServer(t, server) {
  t.mock.method(globalThis, "fetch", server.fetch);
  return server;
}

/** Start virtual time at NOW, until the test ends. The screens that are shown end before it. */
export function useVirtualTime(t) {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now: NOW });
  t.after(() => globalThis.document?.querySelector?.("#screens").children.forEach(endLife));
}

/** A connection that has not joined yet, in virtual time. `connects` as in FakeKit, `answers` as in FakeServer. */
export function createConnection(t, { connects = [], answers = [] } = {}) {
  useVirtualTime(t);
  const window = new EventTarget();
  globalThis.addEventListener = window.addEventListener.bind(window);
  t.after(() => delete globalThis.addEventListener);
  const server = useServer(t, new FakeServer(answers));
  const kit = new FakeKit(connects);
  const devices = new FakeDevices();
  const connection = new RoomConnection(devices, kit);
  const events = [];
  for (const event of EVENTS) connection.addEventListener(event, ({ detail }) => events.push(detail?.code ? `${event} ${detail.code}` : event));
  t.after(() => connection.hangUp());
  return { connection, devices, events, kit, server, window };
}

/** A connection that is in its room. `connects` and `answers` are for what follows. */
export async function createJoinedConnection(t, { connects = [], answers = [] } = {}) {
  const scene = createConnection(t, { connects: ["accept", ...connects], answers });
  await scene.connection.join(GRANT);
  await settle();
  scene.events.length = 0;
  return scene;
}

/** LiveKit ends the connection for a reason other than a second tab. */
export async function loseConnection({ kit }) {
  kit.lastRoom.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
  await settle();
}
