// What the room says above the bar: the browser holds the sound back, a device is in trouble, muted but speaking.

import { KINDS } from "./devices.js";
import { listen, Speech } from "./level.js";
import { Toast } from "./toast.js";
import { troubled, troubleWords } from "./troubles.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./call.js").Call} Call */

export class Nudges {
  #speech = new Speech();
  #deaf = () => {};
  /** @type {MediaStreamTrack | null} */
  #heard = null;
  /** @type {Record<string, unknown>} */
  #known;

  /** @param {Element} root @param {Call} call @param {Devices} devices @param {() => void} openPanel */
  constructor(root, call, devices, openPanel) {
    this.toast = new Toast(root);
    this.call = call;
    this.devices = devices;
    this.openPanel = openPanel;
    this.#known = { ...devices.trouble };
  }

  draw() {
    this.#offerSound();
    this.#tellTrouble();
    this.#hearMuted();
  }

  #offerSound() {
    if (!this.call.silenced) return this.toast.hide("sound");
    const act = () => this.call.startSound();
    this.toast.show("sound", { words: page.room.sound_blocked, label: page.room.turn_sound_on, act, lasts: Infinity });
  }

  #tellTrouble() {
    const { trouble } = this.devices;
    const fresh = troubled(this.devices).find((kind) => trouble[kind] !== this.#known[kind]);
    if (KINDS.every((kind) => !trouble[kind])) this.toast.hide("trouble");
    this.#known = { ...trouble };
    if (!fresh) return;
    const { title } = troubleWords(fresh, this.devices);
    this.toast.hide("trouble");
    this.toast.show("trouble", { words: title, label: page.room.what_to_do, act: this.openPanel });
  }

  #hearMuted() {
    const { on, tracks } = this.devices;
    const muted = on.microphone ? null : tracks.microphone;
    if (muted === this.#heard) return;
    this.#deaf();
    this.#heard = muted;
    this.toast.hide("muted");
    this.#deaf = muted ? listen(muted, (level) => this.#speech.heard(level, Date.now()) && this.#tellMuted()) : () => {};
  }

  #tellMuted() {
    const act = () => this.devices.turnOn("microphone");
    this.toast.show("muted", { words: page.room.muted_but_speaking, label: page.room.unmute, act });
  }

  left() {
    this.#deaf();
  }
}
