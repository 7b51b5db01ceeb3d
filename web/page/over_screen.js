// The over screen: how long the meeting was, a short time to undo leaving, and the link to find the next partner.

import { undoLeaving } from "./api.js";
import { announce, findElement, setText, showScreen } from "./dom.js";
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
  const times = { ...view.times, now: null, left_at: new Date().toISOString() };
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
  const { partner, times, length: minutes } = view;
  const end = times.left_at ?? times.ended_at ?? times.now;
  setText(root, "h1", titleFor(view), { minutes });
  const values = { partner: partner.name, from: timeOfDay(times.met_at), to: timeOfDay(end) };
  setText(root, "[data-lead]", leadFor(view, end), values);
}

/** @param {View} view */
function titleFor({ state, ended_as }) {
  if (state === "after") return page.over.title_left;
  return ended_as === "done" ? page.over.title_done : page.over.title_ended;
}

/** @param {View} view @param {string | null} end */
function leadFor({ state, ended_as, times }, end) {
  if (times.meeting_counts_at && end) {
    return Date.parse(end) < Date.parse(times.meeting_counts_at) ? page.over.briefly : page.over.studied;
  }
  if (state === "ended" && (ended_as === "declined" || ended_as === "no_show" || ended_as === "replaced")) {
    return page.over[ended_as];
  }
  return page.over.never_met;
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
