// A problem: what happened, in a sentence without blame, and what to do, as a button where possible.

import { Problem, resend } from "./api.js";
import { button, find, show } from "./dom.js";
import { kept } from "./keep.js";
import { clock } from "./moments.js";
import { fill, page, problems } from "./words.js";

const TRY_EVERY = 10;
const RETRIED = new Set(["video_unreachable", "video_not_configured", "video_refused_our_key", "offline", "slow_down", "store_unavailable", "internal"]);
const NEW_LINK = new Set(["link_used", "link_expired", "link_replaced", "session_replaced", "session_ended", "room_full", "other_seat", "no_session"]);
const SIGNS = /** @type {[RegExp, string][]} */ ([[/^video_|^offline$/, "cloud"], [/^link_used$|replaced$|displaced|other_seat|room_full/, "device"]]);

/** How often the same trouble was tried, and since when. */
export class Tries {
  times = 0;
  since = Date.now();
}

/**
 * Show a problem; resolves when it is to be tried again.
 * @param {Problem} problem
 * @param {Tries} tries
 * @returns {Promise<void>}
 */
export function showProblem(problem, tries) {
  const root = show("problem");
  const words = wordsFor(problem.code);
  document.body.dataset.code = problem.code;
  find(root, "[data-problem-sign]").dataset.problemSign = SIGNS.find(([codes]) => codes.test(problem.code))?.[1] ?? "info";
  find(root, "[data-title]").textContent = words.title;
  find(root, "[data-detail]").textContent = problem.holder ? `${words.detail} ${fill(page.problem.other_seat, { holder: problem.holder })}` : words.detail;
  find(root, "[data-next]").textContent = words.next;
  find(root, "[data-code]").textContent = `${problem.code} · ${new Date().toLocaleTimeString()}`;
  return new Promise((again) => {
    if (problem.code === "displaced") find(root, "[data-buttons]").append(button(page.problem.use_this, again, true));
    if (NEW_LINK.has(problem.code)) offerNewLink(root);
    if (problem.code === "match_over" || problem.code === "session_ended") offerNext(root);
    if (RETRIED.has(problem.code)) countDown(root, problem.retryAfter ?? TRY_EVERY, tries, again);
  });
}

/**
 * What is said of a code: the page's own words, or the server's.
 * @param {string} code
 */
function wordsFor(code) {
  if (code === "offline" || code === "displaced") return page.problem.own[code];
  return code in problems ? problems[/** @type {keyof typeof problems} */ (code)] : problems.internal;
}

/** @param {Element} root */
function offerNewLink(root) {
  const { token, spent } = kept();
  const known = token ?? spent;
  if (!known) return;
  const said = find(root, "[data-said]");
  said.textContent = page.problem.new_link_comes;
  const press = button(page.problem.new_link, async () => {
    press.disabled = true;
    try {
      await resend(known);
      said.textContent = page.problem.new_link_sent;
    } catch (error) {
      const code = error instanceof Problem ? error.code : "internal";
      const words = wordsFor(code);
      said.textContent = `${words.title}. ${words.next}`;
      press.disabled = false;
    }
  }, true);
  find(root, "[data-buttons]").append(press);
}

/** @param {Element} root */
function offerNext(root) {
  const { chat } = kept();
  if (!chat) return;
  const link = document.createElement("a");
  link.className = "main";
  link.href = chat;
  link.rel = "noreferrer";
  link.textContent = page.problem.find_next;
  find(root, "[data-buttons]").append(link);
}

/** @param {Element} root @param {number} seconds @param {Tries} tries @param {() => void} again */
function countDown(root, seconds, tries, again) {
  tries.times += 1;
  const end = Date.now() + seconds * 1000;
  find(root, "[data-retry]").hidden = false;
  find(root, "[data-retry-tries]").textContent = fill(page.problem.tried, { times: tries.times, since: clock(tries.since) });
  const go = () => {
    clearInterval(ticking);
    find(root, "[data-retry-words]").textContent = page.problem.trying;
    again();
  };
  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (left <= 0) return go();
    find(root, "[data-retry-words]").textContent = fill(page.problem.next_try, { seconds: left });
  };
  const ticking = setInterval(tick, 250);
  tick();
  find(root, "[data-retry-now]").onclick = go;
}
