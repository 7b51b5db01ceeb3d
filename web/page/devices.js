// The student's microphone, camera and speakers: on only by their own hand, every trouble told apart. Draws nothing.

import { keep, kept } from "./keep.js";
import { Sounds } from "./sounds.js";

/**
 * @typedef {"microphone" | "camera"} Kind
 * @typedef {"blocked" | "closed" | "system" | "busy" | "missing" | "unplugged"} Trouble
 */

export const KINDS = /** @type {Kind[]} */ (["microphone", "camera"]);
const INPUT = /** @type {const} */ ({ microphone: "audioinput", camera: "videoinput" });
const PICTURE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const VOICE = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Fires "change" whenever anything about a device is different. */
export class Devices extends EventTarget {
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  tracks = { microphone: null, camera: null };
  /** @type {Record<Kind, boolean>} */
  on = { microphone: false, camera: false };
  /** @type {Record<Kind, Trouble | null>} */
  trouble = { microphone: null, camera: null };
  /** @type {Record<Kind, boolean>} */
  asking = { microphone: false, camera: false };
  /** In a call a microphone that is off is muted: it comes back at once, and speaking into it can be noticed. */
  inCall = false;
  sounds = new Sounds();
  speaker = "";
  /** @type {MediaDeviceInfo[]} */
  #list = [];
  /** @type {Record<Kind, string>} */
  #chosen = { microphone: "", camera: "" };
  #rests = 0;

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#look());
    for (const kind of KINDS) this.#watchPermission(kind);
  }

  /** Both off, whatever an earlier call in this tab had on: nothing goes on but by a student's hand. */
  startOff() {
    keep({ microphone: false, camera: false });
  }

  /** Everything off, every light out; `restore` turns on again what was on. */
  rest() {
    this.inCall = false;
    this.#rests += 1;
    for (const kind of KINDS) this.#release(kind);
    this.on = { microphone: false, camera: false };
    this.#changed();
  }

  /** Turn on what was on before a reload, or before a rest. */
  async restore() {
    const before = kept();
    await Promise.all(KINDS.filter((kind) => before[kind] && !this.on[kind]).map((kind) => this.turnOn(kind)));
  }

  /**
   * Turn a device on; the browser may ask the student. What goes wrong is in `trouble`.
   * @param {Kind} kind
   * @param {string} [deviceId]
   */
  async turnOn(kind, deviceId = this.#chosen[kind]) {
    if (this.asking[kind]) return;
    if (this.tracks[kind]?.readyState === "live" && deviceId === this.#chosen[kind]) return this.#is(kind, true);
    this.#release(kind); // first: some devices open only once
    this.asking[kind] = true;
    this.#changed();
    const rests = this.#rests;
    try {
      const track = await request(kind, deviceId);
      if (rests === this.#rests) this.#has(kind, track, deviceId);
      else track.stop(); // everything was put to rest meanwhile
    } catch (error) {
      this.trouble[kind] = troubleOf(error);
      this.#is(kind, false);
    }
    this.asking[kind] = false;
    await this.#look();
  }

  /** @param {Kind} kind @param {MediaStreamTrack} track @param {string} deviceId */
  #has(kind, track, deviceId) {
    track.addEventListener("ended", () => this.#unplugged(kind, track));
    this.#chosen[kind] = track.getSettings().deviceId ?? deviceId;
    this.tracks[kind] = track;
    this.trouble[kind] = null;
    this.#is(kind, true);
  }

  /** @param {Kind} kind */
  turnOff(kind) {
    if (!this.inCall || kind === "camera") this.#release(kind);
    this.#is(kind, false);
  }

  /** @param {Kind} kind */
  toggle(kind) {
    return this.on[kind] ? this.turnOff(kind) : this.turnOn(kind);
  }

  /** The chosen device's id. @param {Kind} kind */
  chosen(kind) {
    return this.#chosen[kind];
  }

  /** @param {string} deviceId */
  speakThrough(deviceId) {
    this.speaker = deviceId;
    this.sounds.through(deviceId);
    this.#changed();
  }

  /** The devices of a kind that have a name: before permission they have none. @param {Kind | "speaker"} kind */
  of(kind) {
    const wanted = kind === "speaker" ? "audiooutput" : INPUT[kind];
    return this.#list.filter((device) => device.kind === wanted && device.deviceId && device.label);
  }

  /** @param {Kind} kind @param {boolean} on */
  #is(kind, on) {
    this.on[kind] = on;
    this.#remember();
    this.#changed();
  }

  #remember() {
    keep({ microphone: this.on.microphone, camera: this.on.camera });
  }

  /** @param {Kind} kind */
  #release(kind) {
    this.tracks[kind]?.stop();
    this.tracks[kind] = null;
  }

  /** @param {Kind} kind @param {MediaStreamTrack} track */
  #unplugged(kind, track) {
    if (this.tracks[kind] !== track) return;
    this.tracks[kind] = null;
    this.trouble[kind] = "unplugged";
    this.#is(kind, false);
  }

  async #look() {
    this.#list = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    for (const kind of KINDS) {
      const wasAbsent = this.trouble[kind] === "missing" || this.trouble[kind] === "unplugged";
      if (wasAbsent && this.of(kind).length) this.trouble[kind] = null;
    }
    this.#changed();
  }

  /** Who allows a device in the browser's own settings need not press *Try again* as well. @param {Kind} kind */
  async #watchPermission(kind) {
    const name = /** @type {PermissionName} */ (kind); // both are names every browser we build for may know
    const permission = await navigator.permissions?.query({ name }).catch(() => null);
    permission?.addEventListener("change", () => {
      if (permission.state === "granted" && this.trouble[kind] === "blocked") this.turnOn(kind);
    });
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Kind} kind @param {string} deviceId */
async function request(kind, deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
  const own = deviceId ? { deviceId: { ideal: deviceId } } : {};
  const wish = kind === "camera" ? { video: { ...PICTURE, ...own } } : { audio: { ...VOICE, ...own } };
  const stream = await navigator.mediaDevices.getUserMedia(wish);
  return stream.getTracks()[0];
}

/**
 * Which trouble an error of the browser means. Chromium says in its message who refused: the browser on the student's
 * word, the student by closing the question, or the device.
 * @param {unknown} error
 * @returns {Trouble}
 */
export function troubleOf(error) {
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : new Error();
  if (name === "NotAllowedError" && /by system/i.test(message)) return "system";
  if (name === "NotAllowedError" && /dismissed/i.test(message)) return "closed";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
