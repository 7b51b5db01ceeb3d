// A problem: what happened, in a sentence without blame, and what to do, as a button where possible. Where trying again
// may help the page does so by itself, every ten seconds, and says so.

import { Problem, resend } from "./api.js";
import { button, find, mainLink, say, show } from "./dom.js";
import { kept } from "./keep.js";
import { clock, duration } from "./moments.js";
import { language, page, problems } from "./words.js";

const TRY_EVERY = 10;
const RETRIED = /^(video_\w+|offline|slow_down|store_unavailable|internal)$/;
const MENDS_ITSELF = /^(video_unreachable|store_unavailable|internal)$/;
const ANOTHER_DEVICE = /^(link_used|link_replaced|session_replaced|displaced|other_seat|room_full)$/;
const NEW_LINK = /^(link_used|link_expired|link_replaced|session_replaced|session_ended|room_full|other_seat|no_session)$/;
const NEXT = /^(match_over|session_ended)$/;

/**
 * Show a problem until it is solved: with what `again` answers when it works, or null when the student wants to go in.
 * @template T
 * @param {Problem} problem
 * @param {() => Promise<T>} again
 * @returns {Promise<T | null>}
 */
export function showProblem(problem, again) {
  return new Promise((solved) => new ProblemPage(again, solved).show(problem));
}

/** @template T */
class ProblemPage {
  #code = "";
  #times = 0;
  #since = Date.now();
  /** @type {number | undefined} */
  #ticking;
  /** @type {Element} */
  #root = document.body;

  /** @param {() => Promise<T>} again @param {(solution: T | null) => void} solved */
  constructor(again, solved) {
    this.again = again;
    this.solved = solved;
  }

  /** @param {Problem} problem the first, or what trying again met */
  show(problem) {
    if (problem.code !== this.#code) this.#draw(problem);
    if (isRetried(problem.code)) this.#countDown(problem.retryAfter ?? TRY_EVERY);
  }

  /** @param {Problem} problem */
  #draw({ code, holder }) {
    const root = (this.#root = show("problem"));
    const words = wordsFor(code);
    [this.#code, this.#times, this.#since] = [code, 0, Date.now()];
    document.body.dataset.code = code;
    find(root, "[data-problem-sign]").dataset.problemSign = signFor(code);
    say(root, "h1", words.title);
    say(root, "[data-detail]", words.detail);
    if (holder) say(root, "[data-holder]", page.problem.other_seat, { holder });
    say(root, "[data-next]", MENDS_ITSELF.test(code) ? page.problem.own.offline.next : words.next);
    say(root, "[data-code]", `${code} · ${new Date().toLocaleTimeString()}`);
    find(root, "[data-helper]").hidden = !isRetried(code);
    find(root, "[data-retry-now]").onclick = () => this.#retry();
    const ways = find(root, "[data-buttons]");
    const { chat } = kept();
    if (code === "displaced") ways.append(button(page.problem.use_this, () => this.solved(null), { main: true }));
    if (NEW_LINK.test(code)) offerNewLink(root);
    if (NEXT.test(code) && chat) ways.append(mainLink(page.problem.find_next, chat));
  }

  /** @param {number} seconds */
  #countDown(seconds) {
    const end = Date.now() + seconds * 1000;
    this.#times += 1;
    find(this.#root, "[data-retry]").hidden = false;
    say(this.#root, "[data-retry-tries]", page.problem.tried, { times: this.#times, since: clock(this.#since) });
    const tick = () => {
      if (Date.now() >= end) this.#retry();
      else say(this.#root, "[data-retry-words]", page.problem.next_try, { time: duration(end - Date.now(), language()) });
    };
    this.#ticking = window.setInterval(tick, 250);
    tick();
  }

  async #retry() {
    if (!this.#ticking) return;
    clearInterval(this.#ticking);
    this.#ticking = undefined;
    say(this.#root, "[data-retry-words]", page.problem.trying);
    try {
      this.solved(await this.again());
    } catch (error) {
      this.show(error instanceof Problem ? error : new Problem("internal"));
    }
  }
}

/**
 * What is said of a code: the page's own words, or the server's.
 * @param {string} code
 */
function wordsFor(code) {
  if (code in page.problem.own) return page.problem.own[/** @type {keyof typeof page.problem.own} */ (code)];
  return code in problems ? problems[/** @type {keyof typeof problems} */ (code)] : problems.internal;
}

/** @param {string} code */
function signFor(code) {
  if (ANOTHER_DEVICE.test(code)) return "device";
  return isRetried(code) ? "cloud" : "info";
}

/** What a newer server says in words of its own may pass, too. @param {string} code */
function isRetried(code) {
  return RETRIED.test(code) || wordsFor(code) === problems.internal;
}

/** @param {Element} root */
function offerNewLink(root) {
  const { token, spent } = kept();
  const known = token ?? spent;
  if (!known) return;
  say(root, "[data-said]", page.problem.new_link_comes);
  const press = button(page.problem.new_link, async () => {
    press.disabled = true;
    say(root, "[data-said]", await asked(known));
    press.disabled = false;
  }, { main: true });
  find(root, "[data-buttons]").append(press);
}

/** Ask for a new link; answers what to say about it. @param {string} token */
async function asked(token) {
  try {
    await resend(token);
    return page.problem.new_link_sent;
  } catch (error) {
    const { title, next } = wordsFor(error instanceof Problem ? error.code : "internal");
    return `${title}. ${next}`;
  }
}
