// Over: how long it was, the way back for ten seconds, and the way to the next partner.

import { undo } from "./api.js";
import { announce, find, say, show } from "./dom.js";
import { ahead, clock } from "./moments.js";
import { page } from "./words.js";

/** @typedef {import("./api.js").View} View */

const UNDO_FOR = 10_000;
const BRIEF = 60_000;

/**
 * Show *over*; resolves when the student has taken their leaving back.
 * @param {View} view
 * @returns {Promise<void>}
 */
export async function over(view) {
  const root = draw(view);
  const left = Date.parse(view.times.undo_until ?? "") - Date.now() - ahead(view.times.now, Date.now());
  if (view.state === "after" && left > 0) await undone(root, left, Promise.resolve());
  else await new Promise(() => {});
}

/**
 * The same for who has just pressed Leave: at once, while the server is being told.
 * @param {View} view as it was in the room
 * @param {Promise<View>} told the view after the server knows
 * @returns {Promise<void>}
 */
export function justLeft(view, told) {
  const root = draw({ ...view, state: "after", times: { ...view.times, now: null, left_at: new Date().toISOString() } });
  announce(page.over.title_left);
  told.then((now) => describe(root, now)).catch(() => {});
  return undone(root, UNDO_FOR, told);
}

/** @param {View} view */
function draw(view) {
  const root = show("over");
  /** @type {HTMLAnchorElement} */ (find(root, "[data-next]")).href = view.chat_url;
  describe(root, view);
  return root;
}

/** @param {Element} root @param {View} view */
function describe(root, view) {
  const { partner, times, length: minutes } = view;
  const end = times.left_at ?? times.ended_at ?? times.now;
  say(root, "h1", title(view), { minutes });
  say(root, "[data-lead]", lead(view, end), { partner: partner.name, from: clock(times.met_at), to: clock(end) });
}

/** @param {View} view */
function title({ state, ended_as }) {
  if (state === "after") return page.over.title_left;
  return ended_as === "done" ? page.over.title_done : page.over.title_ended;
}

/** @param {View} view @param {string | null} end */
function lead({ state, ended_as, times }, end) {
  if (times.met_at && end) return Date.parse(end) - Date.parse(times.met_at) < BRIEF ? page.over.briefly : page.over.studied;
  if (state === "ended" && (ended_as === "declined" || ended_as === "no_show" || ended_as === "replaced")) return page.over[ended_as];
  return page.over.never_met;
}

/** The strip with *Undo*, for so many milliseconds. @param {Element} root @param {number} lasts @param {Promise<unknown>} told */
function undone(root, lasts, told) {
  const strip = find(root, "[data-undo]");
  strip.hidden = false;
  setTimeout(() => (strip.hidden = true), lasts);
  return /** @type {Promise<void>} */ (
    new Promise((back) => {
      find(strip, "[data-undo-button]").onclick = async () => {
        try {
          await told.catch(() => {});
          await undo();
          back();
        } catch {
          strip.hidden = true;
          announce(page.over.too_late);
        }
      };
    })
  );
}
