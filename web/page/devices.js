// The student's microphone, camera and speakers: turned on only by the student; each kind of trouble is distinguished.
// Draws nothing.

import { queryPermission, refusalFrom, requestTrack, watchRevocation } from "./device_request.js";
import { SignalDetector } from "./device_signal.js";
import { watchLevel } from "./microphone_level.js";
import { Sounds } from "./sounds.js";
import { loadTabState, saveTabState } from "./storage.js";

/**
 * @typedef {"microphone" | "camera"} Kind
 * @typedef {import("./device_request.js").Refusal | "unanswered" | "unplugged" | "no_signal" | "unsent" | "not_switched"} Trouble
 *   of a device that is off, `unanswered`: the browser has not answered yet; `unplugged`: it went while it was on. Of one
 *   that is on, `no_signal`: it delivers nothing; `unsent`: what it delivers does not reach the room; `not_switched`: the
 *   one the student chose cannot be used, so it is still the former one
 * @typedef {"unplugged" | "failed"} SpeakerTrouble
 * @typedef {import("./device_request.js").Refusal | "in_use" | "overtaken"} Outcome of asking for a device; `overtaken`:
 *   meanwhile something else was decided about it, by the student or by what happened to it
 */

export const KINDS = /** @type {Kind[]} */ (["microphone", "camera"]);
const BROWSER_KINDS = /** @type {const} */ ({ microphone: "audioinput", camera: "videoinput", speaker: "audiooutput" });
/** Chromium's entries for what the system uses; each is one of the other entries. */
const ALIASES = ["default", "communications"];
const ANSWER_WITHIN_MS = 5_000;

/** @param {Outcome} outcome @returns {outcome is import("./device_request.js").Refusal} */
const isRefusal = (outcome) => outcome !== "in_use" && outcome !== "overtaken";

/**
 * Fires "trouble" whenever the student should be told of a trouble, even of one they know if they pressed in vain again (its
 * detail is the kind, or "speaker"), then "change" whenever anything about a device has changed, and "level" while there is a
 * microphone (its detail is 0 to 1).
 */
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
  /** The id of the speakers the student has chosen; empty for the system's. */
  speaker = "";
  /** @type {SpeakerTrouble | null} */
  speakerTrouble = null;
  /** @type {MediaDeviceInfo[]} */
  #list = [];
  /** @type {Record<Kind, string>} */
  #chosenIds = { microphone: "", camera: "" };
  /** @type {Record<Kind, object | null>} the last request, until something else is decided about the device */
  #requests = { microphone: null, camera: null };
  #stopMeasuring = () => {};

  /** @param {typeof watchLevel} [measure] */
  constructor(measure = watchLevel) {
    super();
    this.measure = measure;
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
    for (const kind of KINDS) {
      if (this.on[kind]) this.trouble[kind] = null;
      this.#release(kind);
      this.#endRequest(kind);
    }
    this.on = { microphone: false, camera: false };
    this.#notify();
  }

  /** Turn on what was on before a reload or before `releaseAll`. */
  async restore() {
    const wasOn = loadTabState();
    await Promise.all(KINDS.filter((kind) => wasOn[kind] && !this.on[kind]).map((kind) => this.turnOn(kind)));
  }

  /** Turn a device on, the one in use before if it is there. An error is kept in `trouble`. @param {Kind} kind */
  async turnOn(kind) {
    if (this.isRequesting[kind]) return this.report(kind, "unanswered");
    if (this.tracks[kind]?.readyState !== "live") {
      const outcome = await this.#open(kind, this.#preferred(kind));
      return isRefusal(outcome) ? this.#fail(kind, outcome) : undefined;
    }
    this.trouble[kind] = null;
    this.#setOn(kind, true);
  }

  /** Turn on one device of a kind. If it cannot be used, the one that was on stays on. @param {Kind} kind @param {string} deviceId */
  async choose(kind, deviceId) {
    if (this.isRequesting[kind]) return this.report(kind, "unanswered");
    const outcome = await this.#open(kind, { exact: deviceId });
    if (!isRefusal(outcome)) return;
    const former = this.on[kind] ? await this.#open(kind, this.#preferred(kind)) : outcome;
    if (former === "in_use") this.report(kind, "not_switched");
    else if (former !== "overtaken") this.#fail(kind, outcome);
  }

  /** @param {Kind} kind @returns {ConstrainDOMStringParameters} */
  #preferred(kind) {
    return this.#chosenIds[kind] ? { ideal: this.#chosenIds[kind] } : {};
  }

  /**
   * Ask for a device and use it; the browser may ask the student.
   * @param {Kind} kind
   * @param {ConstrainDOMStringParameters} deviceId
   * @returns {Promise<Outcome>}
   */
  async #open(kind, deviceId) {
    this.#release(kind); // before requesting: some devices can be opened only once
    const request = (this.#requests[kind] = {});
    const isCurrent = () => this.#requests[kind] === request;
    const reminder = setTimeout(() => isCurrent() && this.report(kind, "unanswered"), ANSWER_WITHIN_MS);
    this.isRequesting[kind] = true;
    this.#notify();
    const answer = await requestTrack(kind, deviceId).catch(refusalFrom);
    clearTimeout(reminder);
    const track = typeof answer === "string" ? null : answer;
    if (!isCurrent()) {
      track?.stop();
      return "overtaken";
    }
    this.#stopAsking(kind);
    if (track) this.#useTrack(kind, track);
    await this.#refreshList();
    if (!isCurrent()) return "overtaken";
    return typeof answer === "string" ? answer : "in_use";
  }

  /** What the browser still answers counts no more, nor does what would follow from an answer. @param {Kind} kind */
  #endRequest(kind) {
    this.#requests[kind] = null;
    this.#stopAsking(kind);
  }

  /** @param {Kind} kind */
  #stopAsking(kind) {
    this.isRequesting[kind] = false;
    this.resolve(kind, "unanswered");
  }

  /** @param {Kind} kind @param {MediaStreamTrack} track */
  #useTrack(kind, track) {
    const isRevoked = watchRevocation(kind);
    track.addEventListener("ended", () => this.#trackEnded(kind, track, isRevoked));
    this.#chosenIds[kind] = track.getSettings().deviceId ?? "";
    this.tracks[kind] = track;
    this.trouble[kind] = null;
    if (kind === "microphone") this.#measureLevel(track);
    this.#setOn(kind, true);
  }

  /** @param {Kind} kind */
  turnOff(kind) {
    if (this.on[kind]) this.trouble[kind] = null;
    this.#endRequest(kind);
    if (!this.inCall || kind === "camera") this.#release(kind);
    this.#setOn(kind, false);
  }

  /** @param {Kind} kind */
  toggle(kind) {
    return this.on[kind] ? this.turnOff(kind) : this.turnOn(kind);
  }

  /** Keep a trouble, and have the student told. @param {Kind} kind @param {Trouble} trouble */
  report(kind, trouble) {
    this.trouble[kind] = trouble;
    this.dispatchEvent(new CustomEvent("trouble", { detail: kind }));
    this.#notify();
  }

  /** A trouble is over, if it was this one. @param {Kind} kind @param {Trouble} trouble */
  resolve(kind, trouble) {
    if (this.trouble[kind] !== trouble) return;
    this.trouble[kind] = null;
    this.#notify();
  }

  /** Keep whether a device that is on delivers anything. @param {Kind} kind @param {boolean} hasSignal */
  setSignal(kind, hasSignal) {
    if (hasSignal) this.resolve(kind, "no_signal");
    else if (this.on[kind] && !this.trouble[kind]) this.report(kind, "no_signal");
  }

  /** @param {Kind} kind */
  chosenId(kind) {
    return this.#chosenIds[kind];
  }

  /** The devices of a kind that have a name; none has one before permission is given. @param {Kind | "speaker"} kind */
  available(kind) {
    return this.#list.filter((device) => device.kind === BROWSER_KINDS[kind] && device.deviceId && device.label);
  }

  /**
   * What the student could use instead of a device that went or delivers nothing; the same one if it is back.
   * @param {Kind} kind
   * @returns {MediaDeviceInfo | null}
   */
  replacement(kind) {
    const devices = this.available(kind);
    const former = devices.find(({ deviceId }) => deviceId === this.#chosenIds[kind]);
    if (former && !this.on[kind]) return former;
    const isFormer = (/** @type {MediaDeviceInfo} */ device) => former?.groupId && device.groupId === former.groupId;
    return devices.find((device) => device !== former && !isFormer(device) && !ALIASES.includes(device.deviceId)) ?? null;
  }

  /** Have sound come from these speakers; if they cannot be used, those in use stay. @param {string} deviceId */
  async chooseSpeaker(deviceId) {
    try {
      await this.sounds.chooseSpeaker(deviceId);
    } catch {
      return this.#reportSpeaker("failed");
    }
    this.speaker = deviceId;
    this.speakerTrouble = null;
    this.#notify();
  }

  /** The chosen speakers cannot be used any more: have sound come from the system's. @param {SpeakerTrouble} trouble */
  async loseSpeaker(trouble) {
    this.speaker = "";
    this.#reportSpeaker(trouble);
    await this.sounds.chooseSpeaker("").catch(() => {}); // the browser chooses by itself
  }

  /** @param {SpeakerTrouble} trouble */
  #reportSpeaker(trouble) {
    this.speakerTrouble = trouble;
    this.dispatchEvent(new CustomEvent("trouble", { detail: "speaker" }));
    this.#notify();
  }

  /** @param {Kind} kind @param {boolean} isOn */
  #setOn(kind, isOn) {
    this.on[kind] = isOn;
    const track = this.tracks[kind];
    if (track) track.enabled = isOn; // at once, however long the room takes
    saveTabState({ [kind]: isOn }); // the other may be off only until the browser answers
    this.#notify();
  }

  /** @param {Kind} kind @param {Trouble} trouble */
  #fail(kind, trouble) {
    this.#setOn(kind, false);
    this.report(kind, trouble);
  }

  /** @param {Kind} kind */
  #release(kind) {
    if (kind === "microphone") this.#stopMeasuring();
    this.tracks[kind]?.stop();
    this.tracks[kind] = null;
  }

  /**
   * The device was unplugged, or the permission taken back. One that was off is not missed: turning it on finds another.
   * @param {Kind} kind
   * @param {MediaStreamTrack} track
   * @param {() => Promise<boolean>} isRevoked
   */
  async #trackEnded(kind, track, isRevoked) {
    if (this.tracks[kind] !== track) return;
    const wasOn = this.on[kind];
    this.#release(kind);
    this.#endRequest(kind);
    this.#setOn(kind, false);
    const [isBlocked] = await Promise.all([isRevoked(), this.#refreshList()]);
    if (!wasOn || this.tracks[kind] || this.isRequesting[kind]) return;
    this.report(kind, isBlocked ? "blocked" : "unplugged");
  }

  async #refreshList() {
    this.#list = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    for (const kind of KINDS) {
      const isThere = this.#list.some((device) => device.kind === BROWSER_KINDS[kind]);
      if (isThere) this.resolve(kind, "missing");
    }
    const speakers = this.available("speaker");
    const isSpeakerGone = speakers.length > 0 && speakers.every(({ deviceId }) => deviceId !== this.speaker);
    if (this.speaker && isSpeakerGone) this.loseSpeaker("unplugged");
    this.#notify();
  }

  /** Turn a blocked device on when the student allows it in the browser's settings, without *Try again*. @param {Kind} kind */
  async #watchPermission(kind) {
    const permission = await queryPermission(kind);
    permission?.addEventListener("change", () => {
      if (permission.state === "granted" && this.trouble[kind] === "blocked") this.turnOn(kind);
    });
  }

  /** @param {MediaStreamTrack} track the microphone's */
  #measureLevel(track) {
    const detector = new SignalDetector();
    this.#stopMeasuring = this.measure(track, (level) => {
      this.dispatchEvent(new CustomEvent("level", { detail: level }));
      this.setSignal("microphone", detector.hasSignal(level > 0, Date.now()));
    });
  }

  #notify() {
    this.dispatchEvent(new Event("change"));
  }
}
