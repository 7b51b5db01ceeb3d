// The toasts of the room: the browser blocks sound, a device is in trouble, the student speaks while muted, the agreed
// time is up, something the student asked for has failed.

import { deviceTroubleText, troubledKinds } from "./device_troubles.js";
import { KINDS } from "./devices.js";
import { MutedSpeechDetector, watchLevel } from "./microphone_level.js";
import { Toast } from "./toast.js";
import { timeOfDay } from "./time.js";
import { fillPlaceholders, page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./room_connection.js").RoomConnection} RoomConnection */

const TIME_IS_UP_FOR_MS = 30_000;

export class RoomToasts {
  #speechDetector = new MutedSpeechDetector();
  #stopWatching = () => {};
  #toldTimeIsUp = false;
  /** @type {MediaStreamTrack | null} */
  #watchedTrack = null;
  /** @type {Record<string, unknown>} */
  #knownTrouble;

  /** @param {Element} root @param {RoomConnection} connection @param {Devices} devices @param {() => void} openPanel */
  constructor(root, connection, devices, openPanel) {
    this.toast = new Toast(root);
    this.connection = connection;
    this.devices = devices;
    this.openPanel = openPanel;
    this.#knownTrouble = { ...devices.trouble };
  }

  /** @param {import("./api.js").View} view @param {number} now milliseconds since 1970, by the server's clock */
  draw(view, now) {
    this.#offerSound();
    this.#tellTimeIsUp(view, now);
    this.#reportTrouble();
    this.#watchMutedMicrophone();
  }

  /** Tell that something the student asked for has failed. @param {string} text */
  tell(text) {
    this.toast.hide("failure"); // so that it is told again
    this.toast.show("failure", { text, label: page.room.close, action: () => {} });
  }

  #offerSound() {
    if (!this.connection.isSilenced) return this.toast.hide("sound");
    const action = () => this.connection.startSound();
    this.toast.show("sound", { text: page.room.sound_blocked, label: page.room.turn_sound_on, action, durationMs: Infinity });
  }

  /** Tell once that the two may stay after the agreed length, and until when; not in the way of what asks for an answer. */
  #tellTimeIsUp(/** @type {import("./api.js").View} */ { length, times: { ends_at, closes_at } }, /** @type {number} */ now) {
    if (this.#toldTimeIsUp || ends_at === null || now < Date.parse(ends_at) || this.connection.isSilenced) return;
    this.#toldTimeIsUp = true;
    const text = fillPlaceholders(page.room.time_is_up, { minutes: length, time: timeOfDay(closes_at) });
    this.toast.show("time", { text, label: page.room.close, action: () => {}, durationMs: TIME_IS_UP_FOR_MS });
  }

  #reportTrouble() {
    const { trouble } = this.devices;
    const newKind = troubledKinds(this.devices).find((kind) => trouble[kind] !== this.#knownTrouble[kind]);
    if (KINDS.every((kind) => !trouble[kind])) this.toast.hide("trouble");
    this.#knownTrouble = { ...trouble };
    if (!newKind) return;
    const { title } = deviceTroubleText(newKind, this.devices);
    this.toast.hide("trouble"); // so that a second trouble replaces the first
    this.toast.show("trouble", { text: title, label: page.room.what_to_do, action: this.openPanel });
  }

  #watchMutedMicrophone() {
    const { on, tracks } = this.devices;
    const muted = on.microphone ? null : tracks.microphone;
    if (muted === this.#watchedTrack) return;
    this.#stopWatching();
    this.#watchedTrack = muted;
    this.toast.hide("muted");
    const onLevel = (/** @type {number} */ level) => {
      if (this.#speechDetector.detects(level, Date.now())) this.#reportMutedSpeech();
    };
    this.#stopWatching = muted ? watchLevel(muted, onLevel) : () => {};
  }

  #reportMutedSpeech() {
    const action = () => this.devices.turnOn("microphone");
    this.toast.show("muted", { text: page.room.muted_but_speaking, label: page.room.unmute, action });
  }

  dispose() {
    this.#stopWatching();
  }
}
