// The bar at the bottom of the room (microphone, camera, more, leave and report, leave), the panel it opens, and their keyboard shortcuts.

import { mountDeviceCards } from "./device_cards.js";
import { DeviceNotes } from "./device_troubles.js";
import { KINDS } from "./devices.js";
import { findElement, setText } from "./dom.js";
import { isPreferenceOn, setPreference } from "./storage.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("./storage.js").Preference} Preference */

export class CallControls {
  /** @type {(() => void) | null} */
  #unmountCards = null;

  /** @param {Element} root @param {Devices} devices @param {{ leave: () => void, report: () => void }} exits what the last buttons do */
  constructor(root, devices, { leave, report }) {
    this.root = root;
    this.devices = devices;
    this.panel = findElement(root, "[data-panel]");
    this.more = findElement(root, "[data-more]");
    findElement(root, "[data-leave]").onclick = leave;
    findElement(root, "[data-report]").onclick = report;
    this.more.onclick = () => this.#togglePanel();
    findElement(this.panel, "[data-close-panel]").onclick = () => this.#closePanel();
    for (const kind of KINDS) findElement(root, `[data-toggle="${kind}"]`).onclick = () => devices.toggle(kind);
    for (const name of /** @type {Preference[]} */ (["sounds", "shortcuts"])) this.#bindPreference(name);
    this.notes = new DeviceNotes(findElement(this.panel, "[data-notes]"), devices);
    this.keyPressed = this.keyPressed.bind(this);
  }

  /** Enable the keyboard shortcuts until `dispose()`. */
  listenToKeys() {
    document.addEventListener("keydown", this.keyPressed);
  }

  draw() {
    for (const kind of KINDS) this.#drawSwitch(kind);
    this.notes.draw();
  }

  /** @param {Kind} kind */
  #drawSwitch(kind) {
    const { devices } = this;
    const [isOn, trouble, isBusy] = [devices.on[kind], devices.trouble[kind], devices.isRequesting[kind]];
    const control = findElement(this.root, `[data-toggle="${kind}"]`);
    const state = page.devices[isOn ? "short_on" : "short_off"][kind];
    const what = trouble ? [page.devices.short_trouble[trouble]] : [];
    control.toggleAttribute("data-on", isOn);
    control.toggleAttribute("data-trouble", trouble !== null);
    control.setAttribute("aria-busy", String(isBusy));
    control.title = isBusy ? page.devices.asking : page.devices[isOn ? "turn_off" : "turn_on"][kind];
    control.setAttribute("aria-label", [state, ...what, control.title].join(". "));
    setText(control, "span", isBusy ? page.devices.short_asking : state);
  }

  /** Open the panel and move the focus there. */
  openPanel() {
    this.panel.hidden = false;
    this.more.setAttribute("aria-expanded", "true");
    this.#unmountCards ??= mountDeviceCards(findElement(this.panel, "[data-devices]"), this.devices);
    findElement(this.panel, "h2").focus();
  }

  #closePanel() {
    this.panel.hidden = true;
    this.more.setAttribute("aria-expanded", "false");
    this.#unmountCards?.();
    this.#unmountCards = null;
    this.more.focus();
  }

  #togglePanel() {
    if (this.panel.hidden) this.openPanel();
    else this.#closePanel();
  }

  /** @param {Preference} name */
  #bindPreference(name) {
    const checkbox = /** @type {HTMLInputElement} */ (findElement(this.panel, `[data-preference="${name}"]`));
    checkbox.checked = isPreferenceOn(name);
    checkbox.onchange = () => setPreference(name, checkbox.checked);
  }

  /** @param {KeyboardEvent} event */
  keyPressed(event) {
    this.panel.toggleAttribute("data-has-keys", true);
    if (event.key === "Escape" && !this.panel.hidden) return this.#closePanel();
    const isChoosing = event.target instanceof HTMLSelectElement;
    const hasModifier = event.ctrlKey || event.metaKey || event.altKey;
    if (isChoosing || event.repeat || hasModifier || !isPreferenceOn("shortcuts")) return;
    const key = event.key.toLowerCase();
    if (key === "m") this.devices.toggle("microphone");
    if (key === "v") this.devices.toggle("camera");
    if (key === "?") this.#togglePanel();
  }

  dispose() {
    document.removeEventListener("keydown", this.keyPressed);
    this.#unmountCards?.();
  }
}
