// What to say about a microphone or camera in trouble, with instructions for the browser at hand.

import { browserFamily, operatingSystem } from "./browser.js";
import { KINDS } from "./devices.js";
import { createButton, createNote } from "./dom.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

/** The kinds in trouble, the camera first. @param {Devices} devices */
export function troubledKinds(devices) {
  return [...KINDS].reverse().filter((kind) => devices.trouble[kind]);
}

/** A note with *Try again* for each kind in trouble. @param {Devices} devices */
export function deviceNotes(devices) {
  return troubledKinds(devices).map((kind) => {
    const tryAgain = createButton(page.devices.try_again, () => devices.turnOn(kind), { icon: "rotate-cw" });
    return createNote(deviceTroubleText(kind, devices), [tryAgain]);
  });
}

/** @param {Kind} kind one in trouble @param {Devices} devices */
export function deviceTroubleText(kind, devices) {
  const trouble = /** @type {import("./devices.js").Trouble} */ (devices.trouble[kind]);
  const { title, detail } = page.trouble[trouble][kind];
  const { userAgent } = navigator;
  if (trouble === "blocked") return { title, detail: `${detail} ${page.how.browser[browserFamily(userAgent)]}` };
  if (trouble === "system") return { title, detail: `${detail} ${page.how.system[operatingSystem(userAgent)]}` };
  return { title, detail };
}
