// Ready: the student looks at their own picture and presses Join. Nothing is spent before that.

import { announce, find, say, show } from "./dom.js";
import { Mirror } from "./mirror.js";
import { troubled, troubleNotes, troubleWords } from "./troubles.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices */

/**
 * Show *ready* until Join is pressed; what they see of themselves stays.
 * @param {Devices} devices
 */
export async function ready(devices) {
  devices.startOff();
  const mirror = new Mirror(show("ready"), devices);
  const { root } = mirror;
  const draw = drawing(root, devices);
  draw();
  devices.addEventListener("change", draw);
  await new Promise((join) => (find(root, "[data-join]").onclick = join));
  devices.removeEventListener("change", draw);
  return mirror;
}

/** What draws the notes: anew only when a trouble came or went, so that nobody's button is taken away. */
function drawing(/** @type {Element} */ root, /** @type {Devices} */ devices) {
  let shown = "";
  return () => {
    const kinds = troubled(devices);
    const now = kinds.map((kind) => kind + devices.trouble[kind]).join();
    if (now === shown) return;
    shown = now;
    find(root, "[data-notes]").replaceChildren(...troubleNotes(devices));
    find(root, ".facts").hidden = kinds.length > 0;
    say(root, "[data-join]", kinds.length ? page.ready.join_without : page.ready.join);
    say(root, "[data-under-join]", kinds.length ? page.ready.later : page.ready.camera_as_you_like);
    if (kinds.length) announce(troubleWords(kinds[0], devices).title);
  };
}
