// Copying the link, to open it in another browser.

import { withinTime } from "./deadline.js";
import { announce, createButton, findElement, setText } from "./dom.js";
import { loadTabState } from "./storage.js";
import { page } from "./words.js";

const COPIED_WITHIN_MS = 3_000;

/** A button that copies this tab's link. @param {Element} root the problem screen */
export function createCopyButton(root) {
  return createButton(page.obstacle.copy, () => copyLink(root), { main: true, icon: "copy" });
}

/** If the browser forbids copying, show the link selected, ready to be copied by hand. @param {Element} root */
async function copyLink(root) {
  try {
    await withinTime(navigator.clipboard.writeText(linkAddress()), COPIED_WITHIN_MS);
    setText(root, "[data-feedback]", page.obstacle.copied);
    announce(root, page.obstacle.copied);
  } catch {
    const field = /** @type {HTMLInputElement} */ (findElement(root, "[data-copy-by-hand] input"));
    findElement(root, "[data-copy-by-hand]").hidden = false;
    field.value = linkAddress();
    field.focus(); // its label says what to do
    field.select();
  }
}

/** The address that the tab's link had before it was taken from the address bar. */
export function linkAddress() {
  return `${location.origin}/j#${loadTabState().token}`;
}
