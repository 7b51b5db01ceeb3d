// The bar and its panel: microphone, camera, more, leave; the keys that do the same.

import { drawDevices } from "./device_cards.js";
import { KINDS } from "./devices.js";
import { find, say } from "./dom.js";
import { like, likes } from "./keep.js";
import { troubled, troubleNotes } from "./troubles.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./keep.js").Taste} Taste */

export class Bar {
  /** @type {(() => void) | null} */
  #forget = null;
  #noted = "";

  /** @param {Element} root @param {Devices} devices @param {() => void} leave */
  constructor(root, devices, leave) {
    this.root = root;
    this.devices = devices;
    this.panel = find(root, "[data-panel]");
    this.more = find(root, "[data-more]");
    find(root, "[data-leave]").onclick = leave;
    this.more.onclick = () => this.#toggle();
    find(this.panel, "[data-close-panel]").onclick = () => this.#close();
    for (const kind of KINDS) find(root, `[data-toggle="${kind}"]`).onclick = () => devices.toggle(kind);
    for (const taste of /** @type {Taste[]} */ (["sounds", "shortcuts"])) this.#tick(taste);
    this.press = this.press.bind(this);
  }

  /** From now on keys do what buttons do. */
  listen() {
    document.addEventListener("keydown", this.press);
  }

  draw() {
    for (const kind of KINDS) {
      const on = this.devices.on[kind];
      const control = find(this.root, `[data-toggle="${kind}"]`);
      const state = page.devices[on ? "short_on" : "short_off"][kind];
      control.toggleAttribute("data-on", on);
      control.title = page.devices[on ? "turn_off" : "turn_on"][kind];
      control.setAttribute("aria-label", `${state}. ${control.title}`);
      say(control, "span", state);
    }
    this.#drawNotes();
  }

  /** What is wrong with a device stands in the panel for as long as it is wrong. */
  #drawNotes() {
    const now = troubled(this.devices).map((kind) => kind + this.devices.trouble[kind]).join();
    if (now === this.#noted) return;
    this.#noted = now;
    find(this.panel, "[data-notes]").replaceChildren(...troubleNotes(this.devices));
  }

  /** Open the panel, and go there. */
  open() {
    this.panel.hidden = false;
    this.more.setAttribute("aria-expanded", "true");
    this.#forget ??= drawDevices(find(this.panel, "[data-devices]"), this.devices);
    find(this.panel, "h2").focus();
  }

  #close() {
    this.panel.hidden = true;
    this.more.setAttribute("aria-expanded", "false");
    this.#forget?.();
    this.#forget = null;
    this.more.focus();
  }

  #toggle() {
    if (this.panel.hidden) this.open();
    else this.#close();
  }

  /** @param {Taste} taste */
  #tick(taste) {
    const box = /** @type {HTMLInputElement} */ (find(this.panel, `[data-taste="${taste}"]`));
    box.checked = likes(taste);
    box.onchange = () => like(taste, box.checked);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.key === "Escape" && !this.panel.hidden) return this.#close();
    const chooses = event.target instanceof HTMLSelectElement;
    if (chooses || event.repeat || event.ctrlKey || event.metaKey || event.altKey || !likes("shortcuts")) return;
    const key = event.key.toLowerCase();
    if (key === "m") this.devices.toggle("microphone");
    if (key === "v") this.devices.toggle("camera");
    if (key === "?") this.#toggle();
  }

  left() {
    document.removeEventListener("keydown", this.press);
    this.#forget?.();
  }
}
