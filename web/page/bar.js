// The bar and its panel: microphone, camera, more, leave; the keys that do the same.

import { drawDevices } from "./device_cards.js";
import { find } from "./dom.js";
import * as sounds from "./sounds.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

const NAME = "hey-buddy-shortcuts";

export class Bar {
  /** @type {(() => void) | null} */
  #forget = null;

  /** @param {Element} root @param {Devices} devices @param {() => void} leave */
  constructor(root, devices, leave) {
    this.root = root;
    this.devices = devices;
    this.panel = find(root, "[data-panel]");
    this.more = find(root, "[data-more]");
    find(root, "[data-leave]").onclick = leave;
    this.more.onclick = () => this.#open(this.panel.hidden !== false);
    find(this.panel, "[data-close-panel]").onclick = () => this.#open(false);
    for (const kind of /** @type {Kind[]} */ (["microphone", "camera"])) {
      find(root, `[data-toggle="${kind}"]`).onclick = () => devices.toggle(kind);
    }
    this.#tick("[data-sounds]", sounds.wanted(), sounds.want);
    this.#tick("[data-shortcuts]", shortcutsWanted(), (on) => localStorage.setItem(NAME, on ? "on" : "off"));
    this.press = this.press.bind(this);
    document.addEventListener("keydown", this.press);
  }

  draw() {
    for (const kind of /** @type {Kind[]} */ (["microphone", "camera"])) {
      const on = this.devices.on[kind];
      const control = find(this.root, `[data-toggle="${kind}"]`);
      control.toggleAttribute("data-on", on);
      control.title = page.devices[on ? "turn_off" : "turn_on"][kind];
      const state = page.devices[on ? "short_on" : "short_off"][kind];
      control.setAttribute("aria-label", `${state}. ${control.title}`);
      find(control, "span").textContent = state;
    }
  }

  /** @param {boolean} open */
  #open(open) {
    this.panel.hidden = !open;
    this.more.setAttribute("aria-expanded", String(open));
    this.#forget?.();
    this.#forget = open ? drawDevices(find(this.panel, "[data-devices]"), this.devices) : null;
    (open ? find(this.panel, "h2") : this.more).focus();
  }

  /** @param {string} selector @param {boolean} on @param {(on: boolean) => void} change */
  #tick(selector, on, change) {
    const box = /** @type {HTMLInputElement} */ (find(this.panel, selector));
    box.checked = on;
    box.onchange = () => change(box.checked);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.key === "Escape" && !this.panel.hidden) return this.#open(false);
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !shortcutsWanted()) return;
    if (event.key === "m" || event.key === "M") this.devices.toggle("microphone");
    if (event.key === "v" || event.key === "V") this.devices.toggle("camera");
    if (event.key === "?") this.#open(this.panel.hidden !== false);
  }

  left() {
    document.removeEventListener("keydown", this.press);
    this.#forget?.();
  }
}

function shortcutsWanted() {
  return localStorage.getItem(NAME) !== "off";
}
