// The obstacle screen: this browser cannot make the call, or not well. Shown before the link is redeemed, with a workaround.

import { isFinal, operatingSystem } from "./browser.js";
import { createButton, createMainLink, findElement, setText, showScreen } from "./dom.js";
import { createCopyButton, linkAddress } from "./link_copy.js";
import { offerNewLink } from "./new_link.js";
import { loadTabState } from "./storage.js";
import { page } from "./words.js";

/** @typedef {import("./browser.js").Obstacle} Obstacle */

/**
 * Show an obstacle; resolves when the student continues anyway.
 * @param {Obstacle} obstacle
 * @returns {Promise<void>}
 */
export function showObstacle(obstacle) {
  const root = showScreen("problem");
  const hasLink = Boolean(loadTabState().token);
  const text = page.obstacle[obstacle];
  document.body.dataset.code = obstacle;
  findElement(root, "[data-problem-icon]").hidden = true;
  findElement(root, "[data-unused]").hidden = !hasLink;
  findElement(root, "[data-open-elsewhere]").hidden = obstacle === "insecure" || !hasLink;
  setText(root, "h1", text.title);
  setText(root, "[data-detail]", text.detail);
  if (obstacle === "in_app") setText(root, "[data-feedback]", page.obstacle.outside[operatingSystem(navigator.userAgent)]);
  if (!hasLink) offerNewLink(root, loadTabState().chat);
  return new Promise((goOn) => findElement(root, "[data-buttons]").append(...buttonsFor(obstacle, root, goOn)));
}

/** @param {Obstacle} obstacle @param {Element} root @param {() => void} goOn */
function buttonsFor(obstacle, root, goOn) {
  if (!loadTabState().token) return [];
  if (obstacle === "insecure") {
    return [createMainLink(page.obstacle.open_secure, linkAddress().replace(/^http:/, "https:"))];
  }
  const copy = createCopyButton(root);
  if (isFinal(obstacle)) return [copy];
  return [copy, createButton(obstacle === "in_app" ? page.obstacle.try_here : page.obstacle.listen, goOn)];
}
