// Over: how long it was, the way back for ten seconds, and the way to the next partner.

import { undo } from "./api.js";
import { find, show } from "./dom.js";
import { ahead, clock } from "./moments.js";
import { fill, page } from "./words.js";

/** @typedef {import("./api.js").View} View */

/**
 * Show *over*; resolves when the student takes their leaving back.
 * @param {View} view
 * @returns {Promise<View>}
 */
export function over(view) {
  const root = show("over");
  find(root, "[data-title]").textContent = title(view);
  find(root, "[data-lead]").textContent = lead(view);
  /** @type {HTMLAnchorElement} */ (find(root, "[data-next]")).href = view.chat_url;
  return new Promise((back) => offerUndo(root, view, back));
}

/** @param {View} view */
function title({ state, ended_as, length_minutes }) {
  if (state === "after") return page.over.title_left;
  return ended_as === "done" ? fill(page.over.title_done, { minutes: length_minutes }) : page.over.title_ended;
}

/** @param {View} view */
function lead({ state, ended_as, partner, times }) {
  const end = times.left_at ?? times.ended_at ?? times.now;
  if (times.met_at && end && Date.parse(end) - Date.parse(times.met_at) < 60_000) return fill(page.over.briefly, { partner: partner.name });
  if (times.met_at) return fill(page.over.studied, { partner: partner.name, from: clock(times.met_at), to: clock(end) });
  if (state === "ended" && (ended_as === "declined" || ended_as === "no_show" || ended_as === "replaced")) return page.over[ended_as];
  return page.over.never_met;
}

/** @param {Element} root @param {View} view @param {(view: View) => void} back */
function offerUndo(root, { state, times }, back) {
  if (state !== "after" || !times.undo_until) return;
  const left = Date.parse(times.undo_until) - (Date.now() + ahead(times.now, Date.now()));
  if (left <= 0) return;
  const strip = find(root, "[data-undo]");
  strip.hidden = false;
  setTimeout(() => (strip.hidden = true), left);
  find(strip, "[data-undo-button]").onclick = async () => {
    try {
      back(await undo());
    } catch {
      strip.hidden = true;
    }
  };
}
