// The problem screen: what happened, without blame, and what to do, as a button where possible. Retries by itself where
// that may help, with a countdown.

import { Problem } from "./api.js";
import { announce, createButton, createMainLink, findElement, onPress, setText, showScreen } from "./dom.js";
import { createCopyButton } from "./link_copy.js";
import { offerNewLink } from "./new_link.js";
import {
  CAN_BE_TAKEN_BACK, MAY_FOLLOW_A_MEETING, MEETING_IS_OVER, NEEDS_ADMINISTRATOR, NEEDS_NEW_LINK, RECOVERS_BY_ITSELF, RELOADING_HELPS,
  TEMPORARY, USED_ELSEWHERE,
} from "./problem_codes.js";
import { isKnown, textFor } from "./problem_texts.js";
import { keepReport } from "./report_delivery.js";
import { showReport } from "./report_screen.js";
import { loadTabState } from "./storage.js";
import { lifeOf, runRegularly } from "./screen_life.js";
import { durationText, timeOfDay } from "./time.js";
import { page, pageLanguage } from "./words.js";

const RETRY_EVERY_S = 10;
const COUNTDOWN_TICK_MS = 250;

/**
 * Show a problem until it is solved. Resolves with the result of `retry`, or with null when the student wants to enter.
 * @template T
 * @param {Problem} problem
 * @param {() => Promise<T>} retry throws Problem
 * @returns {Promise<T | null>}
 */
export function showProblem(problem, retry) {
  return new Promise((resolve) => new ProblemScreen(retry, resolve).show(problem));
}

/** @template T */
class ProblemScreen {
  #code = "";
  #tries = 0;
  #since = Date.now();
  /** @type {(() => void) | null} ends the countdown; null while there is none */
  #endCountdown = null;
  /** @type {Element} */
  #root = document.body;

  /** @param {() => Promise<T>} retry @param {(solution: T | null) => void} resolve */
  constructor(retry, resolve) {
    this.retry = retry;
    this.resolve = resolve;
  }

  /** @param {Problem} problem the first one, or what a retry ran into */
  show(problem) {
    if (problem.code !== this.#code) this.#draw(problem);
    if (isRetried(problem.code)) this.#startCountdown(problem.retryAfter ?? RETRY_EVERY_S);
  }

  /** @param {Problem} problem */
  #draw(problem) {
    const { code, holder } = problem;
    const root = (this.#root = showScreen("problem"));
    const text = textFor(problem);
    [this.#code, this.#tries, this.#since] = [code, 0, Date.now()];
    document.body.dataset.code = code;
    findElement(root, "[data-problem-icon]").dataset.problemIcon = iconFor(code);
    setText(root, "h1", text.title);
    setText(root, "[data-detail]", text.detail);
    if (holder) setText(root, "[data-holder]", page.problem.other_seat, { holder });
    const next = RECOVERS_BY_ITSELF.has(code) ? page.problem.own.offline.next : text.next;
    setText(root, "[data-next]", next);
    setText(root, "[data-code]", `${code} · ${new Date().toLocaleTimeString()}`);
    findElement(root, "[data-helper]").hidden = !isRetried(code);
    onPress(findElement(root, "[data-retry-now]"), () => this.#retryPressed());
    addEventListener("online", () => this.#retryNow(), { signal: lifeOf(root) });
    findElement(root, "[data-unused]").hidden = code !== "no_cookies";
    this.#drawButtons(loadTabState().chat ?? problem.chatUrl);
  }

  /** Every problem has a button; if nothing else helps, it leads back to Discord. @param {string | undefined} chat where in Discord */
  #drawButtons(chat) {
    const buttons = findElement(this.#root, "[data-buttons]");
    const [code, main] = [this.#code, true];
    if (code === "no_cookies") buttons.append(createCopyButton(this.#root));
    if (CAN_BE_TAKEN_BACK.has(code)) buttons.append(createButton(page.problem.use_this, () => this.resolve(null), { main }));
    if (NEEDS_NEW_LINK.has(code)) offerNewLink(this.#root, chat);
    if (RELOADING_HELPS.has(code)) buttons.append(createButton(page.problem.reload, () => location.reload()));
    if (!buttons.childElementCount && !isRetried(code) && chat) {
      buttons.append(createMainLink(MEETING_IS_OVER.has(code) ? page.problem.find_next : page.over.open_chat, chat));
    }
    if (MAY_FOLLOW_A_MEETING.has(code) && loadTabState().reportToken) buttons.append(createButton(page.over.report, reportPartner));
  }

  /** @param {number} seconds */
  #startCountdown(seconds) {
    const end = Date.now() + seconds * 1000;
    this.#tries += 1;
    findElement(this.#root, "[data-retry]").hidden = false;
    setText(this.#root, "[data-retry-count]", page.problem.tried, { times: this.#tries, since: timeOfDay(this.#since) });
    const tick = () => {
      if (Date.now() >= end) return this.#retryNow();
      const time = durationText(end - Date.now(), pageLanguage());
      setText(this.#root, "[data-retry-text]", page.problem.next_try, { time });
    };
    this.#endCountdown = runRegularly(lifeOf(this.#root), tick, COUNTDOWN_TICK_MS);
    tick();
  }

  /** What a press leads to is also spoken. */
  async #retryPressed() {
    const life = lifeOf(this.#root);
    announce(this.#root, page.problem.trying);
    await this.#retryNow();
    if (!life.aborted) announce(this.#root, findElement(this.#root, "[data-retry-text]").textContent ?? "");
  }

  async #retryNow() {
    if (!this.#endCountdown) return;
    this.#endCountdown();
    this.#endCountdown = null;
    setText(this.#root, "[data-retry-text]", page.problem.trying);
    const life = lifeOf(this.#root);
    try {
      this.resolve(await this.retry());
    } catch (error) {
      if (!life.aborted) this.show(Problem.from(error));
    }
  }
}

/** The session is lost; the token of its seat is enough. */
function reportPartner() {
  keepReport("over");
  showReport();
}

/** @param {string} code */
function iconFor(code) {
  if (USED_ELSEWHERE.has(code)) return "device";
  return isRetried(code) ? "cloud" : "info";
}

/** Codes of a newer server, which the page does not know, may also be temporary. @param {string} code */
function isRetried(code) {
  return TEMPORARY.has(code) || NEEDS_ADMINISTRATOR.has(code) || !isKnown(code);
}
