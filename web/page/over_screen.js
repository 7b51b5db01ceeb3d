// The over screen: how long the meeting was, a short time to undo leaving, and the link to find the next partner.

import { undoLeaving } from "./api.js";
import { announce, findElement, setText, showScreen } from "./dom.js";
import { overTexts } from "./over_texts.js";
import { serverClockOffset, timeOfDay } from "./time.js";
import { page } from "./words.js";

/** @typedef {import("./api.js").View} View */

/**
 * Show how a meeting ended; resolves if the student undoes leaving, so perhaps never.
 * @param {View} view
 * @returns {Promise<void>}
 */
export async function showOver(view) {
  const root = drawScreen(view);
  const serverNow = Date.now() + serverClockOffset(view.times.now, Date.now());
  const remainingMs = Date.parse(view.times.undo_until ?? "") - serverNow;
  if (view.state === "after" && remainingMs > 0) await offerUndo(root, remainingMs, Promise.resolve());
  else await new Promise(() => {});
}

/**
 * The same for a student who has just pressed Leave: shown immediately, while our server is being notified.
 * @param {View} view the room's last view
 * @param {Promise<View>} leaving resolves with the view after leaving
 * @returns {Promise<void>}
 */
export function showJustLeft(view, leaving) {
  const parted_at = view.partner.present ? null : view.times.parted_at;
  const times = { ...view.times, now: null, parted_at, left_at: new Date().toISOString() };
  const root = drawScreen({ ...view, state: "after", times });
  announce(page.over.title_left);
  leaving.then((newView) => drawTexts(root, newView)).catch(() => {});
  return offerUndo(root, view.undo_seconds * 1000, leaving);
}

/** @param {View} view */
function drawScreen(view) {
  const root = showScreen("over");
  /** @type {HTMLAnchorElement} */ (findElement(root, "[data-next]")).href = view.chat_url;
  drawTexts(root, view);
  return root;
}

/** @param {Element} root @param {View} view */
function drawTexts(root, view) {
  const { title, lead, next, end } = overTexts(view);
  setText(root, "h1", page.over[title], { minutes: view.length });
  const values = { partner: view.partner.name, from: timeOfDay(view.times.met_at), to: timeOfDay(end) };
  setText(root, "[data-lead]", page.over[lead], values);
  setText(root, "[data-next-text]", page.over[next]);
}

/**
 * Offer *Undo* for a while; resolves when leaving was undone.
 * @param {Element} root
 * @param {number} durationMs
 * @param {Promise<unknown>} leaving settles when the request to our server has succeeded or failed
 */
function offerUndo(root, durationMs, leaving) {
  const strip = findElement(root, "[data-undo]");
  strip.hidden = false;
  setTimeout(() => (strip.hidden = true), durationMs);
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      findElement(strip, "[data-undo-button]").onclick = async () => {
        try {
          await leaving.catch(() => {});
          await undoLeaving();
          resolve();
        } catch {
          strip.hidden = true;
          announce(page.over.too_late);
        }
      };
    })
  );
}
