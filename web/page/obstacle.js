// An obstacle: this browser cannot make the call, or not well. Said before anything is spent, with the way out.

import { system } from "./browser.js";
import { announce, button, find, mainLink, say, show } from "./dom.js";
import { kept } from "./keep.js";
import { page } from "./words.js";

/** @typedef {import("./browser.js").Obstacle} Obstacle */

/**
 * Show an obstacle; resolves when the student goes on nevertheless.
 * @param {Obstacle} obstacle
 * @returns {Promise<void>}
 */
export function showObstacle(obstacle) {
  const root = show("problem");
  const words = page.obstacle[obstacle];
  document.body.dataset.code = obstacle;
  find(root, "[data-problem-sign]").hidden = true;
  find(root, "[data-unused]").hidden = false;
  find(root, "[data-outside]").hidden = obstacle === "insecure";
  say(root, "h1", words.title);
  say(root, "[data-detail]", words.detail);
  if (obstacle === "in_app") say(root, "[data-said]", page.obstacle.outside[system(navigator.userAgent)]);
  return new Promise((goOn) => find(root, "[data-buttons]").append(...ways(root, obstacle, goOn)));
}

/** @param {Element} root @param {Obstacle} obstacle @param {() => void} goOn */
function ways(root, obstacle, goOn) {
  if (obstacle === "insecure") return [mainLink(page.obstacle.open_secure, link().replace(/^http:/, "https:"))];
  const copy = button(page.obstacle.copy, () => copyLink(root), { main: true, icon: "copy" });
  if (obstacle === "no_webrtc") return [copy];
  return [copy, button(obstacle === "in_app" ? page.obstacle.try_here : page.obstacle.listen, goOn)];
}

/** Where a browser does not let us copy, the link is shown, ready to be copied by hand. @param {Element} root */
async function copyLink(root) {
  try {
    await navigator.clipboard.writeText(link());
    say(root, "[data-said]", page.obstacle.copied);
    announce(page.obstacle.copied);
  } catch {
    const field = /** @type {HTMLInputElement} */ (find(root, "[data-by-hand] input"));
    find(root, "[data-by-hand]").hidden = false;
    field.value = link();
    field.select();
  }
}

function link() {
  return `${location.origin}/j#${kept().token}`;
}
