// The toasts of the room: the browser blocks sound, a device is in trouble, the student speaks while muted.

import { deviceTroubleText, troubledKinds } from "./device_troubles.js";
import { KINDS } from "./devices.js";
import { MutedSpeechDetector, watchLevel } from "./microphone_level.js";
import { Toast } from "./toast.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./room_connection.js").RoomConnection} RoomConnection */

export class RoomToasts {
  #speechDetector = new MutedSpeechDetector();
  #stopWatching = () => {};
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

  draw() {
    this.#offerSound();
    this.#reportTrouble();
    this.#watchMutedMicrophone();
  }

  #offerSound() {
    if (!this.connection.isSilenced) return this.toast.hide("sound");
    const action = () => this.connection.startSound();
    this.toast.show("sound", { text: page.room.sound_blocked, label: page.room.turn_sound_on, action, durationMs: Infinity });
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
