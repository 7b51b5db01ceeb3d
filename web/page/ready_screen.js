// The ready screen: the student checks their devices and presses Join. The link is not redeemed before that.

import { deviceNotes, deviceTroubleText, troubledKinds } from "./device_troubles.js";
import { announce, findElement, setText, showScreen } from "./dom.js";
import { Preview } from "./preview.js";
import { lifeOf } from "./screen_life.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices */

/**
 * Show the screen until Join is pressed. Returns the preview, which the entering screen goes on showing.
 * @param {Devices} devices
 */
export async function showReady(devices) {
  devices.startAllOff();
  const preview = new Preview(showScreen("ready", "main"), devices);
  const { root } = preview;
  const draw = notesDrawer(root, devices);
  draw();
  devices.addEventListener("change", draw, { signal: lifeOf(root) });
  await new Promise((join) => (findElement(root, "[data-join]").onclick = join));
  return preview;
}

/** A function that draws the notes. It redraws only when a trouble came or went, so that no button vanishes while in use. */
function notesDrawer(/** @type {Element} */ root, /** @type {Devices} */ devices) {
  let shownTroubles = "";
  return () => {
    const kinds = troubledKinds(devices);
    const troubles = kinds.map((kind) => kind + devices.trouble[kind]).join();
    if (troubles === shownTroubles) return;
    shownTroubles = troubles;
    findElement(root, "[data-notes]").replaceChildren(...deviceNotes(devices));
    findElement(root, ".facts").hidden = kinds.length > 0;
    setText(root, "[data-join]", kinds.length ? page.ready.join_without : page.ready.join);
    setText(root, "[data-under-join]", kinds.length ? page.ready.later : page.ready.camera_as_you_like);
    if (kinds.length) announce(root, deviceTroubleText(kinds[0], devices).title);
  };
}
