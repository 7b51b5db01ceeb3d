// The student's microphone and camera: on only by their own hand, with every trouble told apart. Draws nothing.

import { keep, kept } from "./keep.js";

/**
 * @typedef {"microphone" | "camera"} Kind
 * @typedef {"blocked" | "busy" | "missing" | "unplugged"} Trouble
 */

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
  /** @type {Record<Kind, string>} */
  #chosen = { microphone: "", camera: "" };
  speaker = "";
  /** @type {MediaDeviceInfo[]} */
  list = [];

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#look());
  }

  /** Turn on what was on before a reload, or before a way out that was taken back. */
  async restore() {
    const before = kept();
    const kinds = /** @type {Kind[]} */ (["microphone", "camera"]);
    await Promise.all(kinds.filter((kind) => before[kind] && !this.tracks[kind]).map((kind) => this.turnOn(kind)));
  }

  /**
   * Turn a device on; the browser may ask the student. What goes wrong is in `trouble`.
   * @param {Kind} kind
   * @param {string} [deviceId]
   */
  async turnOn(kind, deviceId = this.#chosen[kind]) {
    if (this.asking[kind]) return;
    this.asking[kind] = true;
    this.#changed();
    try {
      const track = await request(kind, deviceId);
      this.#let(kind);
      this.tracks[kind] = track;
      this.trouble[kind] = null;
      this.on[kind] = true;
      this.#chosen[kind] = track.getSettings().deviceId ?? deviceId;
      track.addEventListener("ended", () => this.#unplugged(kind, track));
    } catch (error) {
      this.#let(kind);
      this.on[kind] = false;
      this.trouble[kind] = troubleOf(error);
    }
    this.asking[kind] = false;
    await this.#look();
  }

  /** @param {Kind} kind */
  turnOff(kind) {
    this.on[kind] = false;
    this.#let(kind);
    this.#changed();
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
    this.#changed();
  }

  /** The devices of a kind that have a name: before permission they have none. @param {Kind | "speaker"} kind */
  of(kind) {
    const wanted = kind === "speaker" ? "audiooutput" : INPUT[kind];
    return this.list.filter((device) => device.kind === wanted && device.deviceId && device.label);
  }

  /** Everything off, every light out. */
  stop() {
    this.#let("microphone");
    this.#let("camera");
  }

  /** @param {Kind} kind */
  #let(kind) {
    this.tracks[kind]?.stop();
    this.tracks[kind] = null;
  }

  /** @param {Kind} kind @param {MediaStreamTrack} track */
  #unplugged(kind, track) {
    if (this.tracks[kind] !== track) return;
    this.tracks[kind] = null;
    this.on[kind] = false;
    this.trouble[kind] = "unplugged";
    this.#changed();
  }

  async #look() {
    this.list = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    this.#changed();
  }

  #changed() {
    keep({ microphone: this.on.microphone, camera: this.on.camera });
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
 * Which trouble an error of the browser means.
 * @param {unknown} error
 * @returns {Trouble}
 */
export function troubleOf(error) {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
