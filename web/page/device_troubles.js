// What to say about a microphone or camera in trouble, with instructions for the browser at hand, and which button helps.

import { browserFamily, operatingSystem } from "./browser.js";
import { KINDS } from "./devices.js";
import { createButton, createNote } from "./dom.js";
import { fillPlaceholders, page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("./devices.js").Trouble} Trouble @typedef {{ label: string, name?: string, action: () => void, icon: string }} Remedy */

/** Troubles that another device of the same kind ends. */
const REPLACEABLE = new Set(/** @type {(Trouble | null)[]} */ (["unplugged", "no_signal"]));
/** Troubles that pressing again cannot end. */
const HOPELESS = new Set(/** @type {(Trouble | null)[]} */ (["unsupported", "unanswered", "not_switched"]));

/** The kinds in trouble, the microphone first: being unheard is noticed last. @param {Devices} devices */
export function troubledKinds(devices) {
  return KINDS.filter((kind) => devices.trouble[kind]);
}

/** @param {Kind} kind one in trouble @param {Devices} devices */
export function deviceTroubleText(kind, devices) {
  const trouble = /** @type {Trouble} */ (devices.trouble[kind]);
  const { title, detail } = page.trouble[trouble][kind];
  const { userAgent } = navigator;
  if (trouble === "blocked") return { title, detail: `${detail} ${page.how.browser[browserFamily(userAgent)]}` };
  if (trouble === "system") return { title, detail: `${detail} ${page.how.system[operatingSystem(userAgent)]}` };
  return { title, detail };
}

/** What to press to end a trouble, or null if no press does. @param {Kind} kind one in trouble @param {Devices} devices @returns {Remedy | null} */
export function remedyFor(kind, devices) {
  const trouble = devices.trouble[kind];
  if (HOPELESS.has(trouble)) return null;
  if (!REPLACEABLE.has(trouble)) {
    const label = page.devices.try_again;
    return { label, name: `${label}: ${page.devices.name[kind]}`, action: () => devices.turnOn(kind), icon: "rotate-cw" };
  }
  const device = devices.replacement(kind);
  if (!device) return null;
  const label = fillPlaceholders(page.devices.use, { device: device.label });
  return { label, action: () => devices.choose(kind, device.deviceId), icon: "rotate-cw" };
}

/** The notes about devices in trouble, each with its remedy. */
export class DeviceNotes {
  #shown = "";

  /** @param {HTMLElement} root @param {Devices} devices */
  constructor(root, devices) {
    this.root = root;
    this.devices = devices;
  }

  /** Draw the notes, only if they changed, so that no button vanishes while in use. */
  draw() {
    const { devices, root } = this;
    const notes = troubledKinds(devices).map((kind) => ({ kind, text: deviceTroubleText(kind, devices), remedy: remedyFor(kind, devices) }));
    const shown = JSON.stringify(notes);
    if (shown === this.#shown) return;
    this.#shown = shown;
    const hadFocus = root.contains(document.activeElement);
    root.replaceChildren(...notes.map(({ kind, text, remedy }) => createNote(text, remedy ? [this.#createRemedy(kind, remedy)] : [])));
    if (hadFocus) root.querySelector("button")?.focus();
  }

  /** A device that was plugged in again may have another id under the same name. @param {Kind} kind @param {Remedy} remedy */
  #createRemedy(kind, remedy) {
    return createButton(remedy.label, () => remedyFor(kind, this.devices)?.action(), remedy);
  }
}
