// The student's microphone, camera and speaker: turned on only by the student; each kind of trouble is distinguished.
// Draws nothing.

import { Sounds } from "./sounds.js";
import { loadTabState, saveTabState } from "./storage.js";

/**
 * @typedef {"microphone" | "camera"} Kind
 * @typedef {"blocked" | "closed" | "system" | "busy" | "missing" | "unplugged"} Trouble
 */

export const KINDS = /** @type {Kind[]} */ (["microphone", "camera"]);
const BROWSER_KINDS = /** @type {const} */ ({ microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" });
const CAMERA_WISHES = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const MICROPHONE_WISHES = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Fires "change" whenever anything about a device has changed. */
export class Devices extends EventTarget {
  /** @type {Record<Kind, MediaStreamTrack | null>} */
  tracks = { microphone: null, camera: null };
  /** @type {Record<Kind, boolean>} */
  on = { microphone: false, camera: false };
  /** @type {Record<Kind, Trouble | null>} */
  trouble = { microphone: null, camera: null };
  /** @type {Record<Kind, boolean>} whether the browser is being asked for the device */
  isRequesting = { microphone: false, camera: false };
  /** In a call, a microphone that is off keeps its track, so that it turns on instantly and muted speech can be noticed. */
  inCall = false;
  sounds = new Sounds();
  speaker = "";
  /** @type {MediaDeviceInfo[]} */
  #list = [];
  /** @type {Record<Kind, string>} */
  #chosenIds = { microphone: "", camera: "" };
  #releases = 0;

  constructor() {
    super();
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#refreshList());
    for (const kind of KINDS) this.#watchPermission(kind);
  }

  /** Start with both off, even if they were on during an earlier call in this tab. */
  startAllOff() {
    saveTabState({ microphone: false, camera: false });
  }

  /** Turn everything off, indicator lights included; `restore` turns on again what was on. */
  releaseAll() {
    this.inCall = false;
    this.#releases += 1;
    for (const kind of KINDS) this.#release(kind);
    this.on = { microphone: false, camera: false };
    this.#notify();
  }

  /** Turn on what was on before a reload or before `releaseAll`. */
  async restore() {
    const wasOn = loadTabState();
    await Promise.all(KINDS.filter((kind) => wasOn[kind] && !this.on[kind]).map((kind) => this.turnOn(kind)));
  }

  /**
   * Turn a device on; the browser may ask the student for permission. An error is kept in `trouble`.
   * @param {Kind} kind
   * @param {string} [deviceId]
   */
  async turnOn(kind, deviceId = this.#chosenIds[kind]) {
    if (this.isRequesting[kind]) return;
    if (this.tracks[kind]?.readyState === "live" && deviceId === this.#chosenIds[kind]) return this.#setOn(kind, true);
    this.#release(kind); // before requesting: some devices can be opened only once
    this.isRequesting[kind] = true;
    this.#notify();
    const releases = this.#releases;
    try {
      const track = await requestTrack(kind, deviceId);
      if (releases === this.#releases) this.#useTrack(kind, track, deviceId);
      else track.stop(); // everything was released meanwhile
    } catch (error) {
      this.trouble[kind] = troubleFrom(error);
      this.#setOn(kind, false);
    }
    this.isRequesting[kind] = false;
    await this.#refreshList();
  }

  /** @param {Kind} kind @param {MediaStreamTrack} track @param {string} deviceId */
  #useTrack(kind, track, deviceId) {
    track.addEventListener("ended", () => this.#unplugged(kind, track));
    this.#chosenIds[kind] = track.getSettings().deviceId ?? deviceId;
    this.tracks[kind] = track;
    this.trouble[kind] = null;
    this.#setOn(kind, true);
  }

  /** @param {Kind} kind */
  turnOff(kind) {
    if (!this.inCall || kind === "camera") this.#release(kind);
    this.#setOn(kind, false);
  }

  /** @param {Kind} kind */
  toggle(kind) {
    return this.on[kind] ? this.turnOff(kind) : this.turnOn(kind);
  }

  /** @param {Kind} kind */
  chosenId(kind) {
    return this.#chosenIds[kind];
  }

  /** @param {string} deviceId */
  chooseSpeaker(deviceId) {
    this.speaker = deviceId;
    this.sounds.chooseSpeaker(deviceId);
    this.#notify();
  }

  /** The devices of a kind that have a name; none has one before permission is given. @param {Kind | "speaker"} kind */
  available(kind) {
    return this.#list.filter((device) => device.kind === BROWSER_KINDS[kind] && device.deviceId && device.label);
  }

  /** @param {Kind} kind @param {boolean} isOn */
  #setOn(kind, isOn) {
    this.on[kind] = isOn;
    saveTabState({ microphone: this.on.microphone, camera: this.on.camera });
    this.#notify();
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
    this.#setOn(kind, false);
  }

  async #refreshList() {
    this.#list = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    for (const kind of KINDS) {
      const wasAbsent = this.trouble[kind] === "missing" || this.trouble[kind] === "unplugged";
      if (wasAbsent && this.available(kind).length) this.trouble[kind] = null;
    }
    this.#notify();
  }

  /** Turn a blocked device on when the student allows it in the browser's settings, without *Try again*. @param {Kind} kind */
  async #watchPermission(kind) {
    const name = /** @type {PermissionName} */ (kind); // not every browser knows both names
    const permission = await navigator.permissions?.query({ name }).catch(() => null);
    permission?.addEventListener("change", () => {
      if (permission.state === "granted" && this.trouble[kind] === "blocked") this.turnOn(kind);
    });
  }

  #notify() {
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {Kind} kind @param {string} deviceId any device if empty */
async function requestTrack(kind, deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException("", "NotFoundError");
  const chosen = deviceId ? { deviceId: { ideal: deviceId } } : {};
  const wishes = kind === "camera" ? { video: { ...CAMERA_WISHES, ...chosen } } : { audio: { ...MICROPHONE_WISHES, ...chosen } };
  const stream = await navigator.mediaDevices.getUserMedia(wishes);
  return stream.getTracks()[0];
}

/**
 * The trouble that a browser's error means. Chromium's message tells why: the student blocked the device, the student
 * dismissed the prompt, or the system refused.
 * @param {unknown} error
 * @returns {Trouble}
 */
export function troubleFrom(error) {
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : new Error();
  if (name === "NotAllowedError" && /by system/i.test(message)) return "system";
  if (name === "NotAllowedError" && /dismissed/i.test(message)) return "closed";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
