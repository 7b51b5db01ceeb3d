// The ready screen: the student checks their devices and presses Join. The link is not redeemed before that.

import { DeviceNotes, troubledKinds } from "./device_troubles.js";
import { findElement, setText, showScreen } from "./dom.js";
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

/** A function that draws the notes, and what they mean for joining. */
function notesDrawer(/** @type {HTMLElement} */ root, /** @type {Devices} */ devices) {
  const notes = new DeviceNotes(findElement(root, "[data-notes]"), devices);
  return () => {
    notes.draw();
    const troubled = troubledKinds(devices);
    const [lacking, other] = troubled.filter((kind) => !devices.on[kind]);
    const which = other ? "both" : lacking;
    findElement(root, ".facts").hidden = troubled.length > 0;
    setText(root, "[data-join]", which ? page.ready.join_without : page.ready.join);
    setText(root, "[data-under-join]", which ? page.ready.later[which] : page.ready.camera_as_you_like);
  };
}
