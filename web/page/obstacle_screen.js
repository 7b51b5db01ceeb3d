// The obstacle screen: this browser cannot make the call, or not well. Shown before the link is redeemed, with a workaround.

import { operatingSystem } from "./browser.js";
import { withinTime } from "./deadline.js";
import { announce, createButton, createMainLink, findElement, setText, showScreen } from "./dom.js";
import { loadTabState } from "./storage.js";
import { page } from "./words.js";

/** @typedef {import("./browser.js").Obstacle} Obstacle */

const COPIED_WITHIN_MS = 3_000;

/**
 * Show an obstacle; resolves when the student continues anyway.
 * @param {Obstacle} obstacle
 * @returns {Promise<void>}
 */
export function showObstacle(obstacle) {
  const root = showScreen("problem");
  const text = page.obstacle[obstacle];
  document.body.dataset.code = obstacle;
  findElement(root, "[data-problem-icon]").hidden = true;
  findElement(root, "[data-unused]").hidden = false;
  findElement(root, "[data-open-elsewhere]").hidden = obstacle === "insecure";
  setText(root, "h1", text.title);
  setText(root, "[data-detail]", text.detail);
  if (obstacle === "in_app") setText(root, "[data-feedback]", page.obstacle.outside[operatingSystem(navigator.userAgent)]);
  return new Promise((goOn) => findElement(root, "[data-buttons]").append(...buttonsFor(obstacle, root, goOn)));
}

/** @param {Obstacle} obstacle @param {Element} root @param {() => void} goOn */
function buttonsFor(obstacle, root, goOn) {
  if (obstacle === "insecure") {
    return [createMainLink(page.obstacle.open_secure, linkAddress().replace(/^http:/, "https:"))];
  }
  const copy = createButton(page.obstacle.copy, () => copyLink(root), { main: true, icon: "copy" });
  if (obstacle === "no_webrtc") return [copy];
  return [copy, createButton(obstacle === "in_app" ? page.obstacle.try_here : page.obstacle.listen, goOn)];
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

function linkAddress() {
  return `${location.origin}/j#${loadTabState().token}`;
}
