// What to say about a microphone or camera in trouble, in words that fit the browser at hand.

import { family, system } from "./browser.js";
import { button, note } from "./dom.js";
import { KINDS } from "./devices.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

/** The kinds in trouble, the camera first. @param {Devices} devices */
export function troubled(devices) {
  return [...KINDS].reverse().filter((kind) => devices.trouble[kind]);
}

/** A note for each trouble, with *Try again*. @param {Devices} devices */
export function troubleNotes(devices) {
  return troubled(devices).map((kind) =>
    note(troubleWords(kind, devices), [button(page.devices.try_again, () => devices.turnOn(kind), { icon: "rotate-cw" })]),
  );
}

/** @param {Kind} kind @param {Devices} devices */
export function troubleWords(kind, devices) {
  const trouble = /** @type {import("./devices.js").Trouble} */ (devices.trouble[kind]);
  const { title, detail } = page.trouble[trouble][kind];
  const { userAgent } = navigator;
  if (trouble === "blocked") return { title, detail: `${detail} ${page.how.browser[family(userAgent)]}` };
  if (trouble === "system") return { title, detail: `${detail} ${page.how.system[system(userAgent)]}` };
  return { title, detail };
}
