// The over screen: how long the meeting was, a short time to undo leaving, and the link to find the next partner. It follows
// what happens elsewhere: leaving may be undone in Discord, and a search that goes on comes to an end.

import { leaveSession, Problem, undoLeaving } from "./api.js";
import { announce, findElement, onPress, setText, showScreen } from "./dom.js";
import { overTexts } from "./over_texts.js";
import { TEMPORARY } from "./problem_codes.js";
import { keepReport } from "./report_delivery.js";
import { showReport } from "./report_screen.js";
import { OFTEN_MS, pollIntervalAfterwards, SessionPoll } from "./session_poll.js";
import { endLife, lifeOf, runLater } from "./screen_life.js";
import { explainProblem } from "./session_outcome.js";
import { isOver } from "./stage.js";
import { durationText, serverClockOffset, timeOfDay } from "./time.js";
import { fillPlaceholders, page, pageLanguage } from "./words.js";

/** @typedef {import("./api.js").View} View */

/** Leaving and undoing it make a version of the match each. */
const UNDONE_AFTER_VERSIONS = 2;

/**
 * Show how a meeting ended; resolves when the student goes back into the room, so perhaps never.
 * @param {View} view
 * @returns {Promise<void>}
 */
export function showOver(view) {
  return new OverScreen(view).stay();
}

/**
 * The same for a student who has just pressed Leave: shown immediately, while our server is being told.
 * @param {View} view the room's last view
 * @returns {Promise<void>}
 */
export function showJustLeft(view) {
  return new OverScreen(viewAfterLeaving(view)).leave();
}

/** What our server will say once it knows that the student has left now. @param {View} view @returns {View} */
function viewAfterLeaving(view) {
  const [left_at, undo_until] = [0, view.undo_seconds * 1000].map((after) => new Date(Date.now() + after).toISOString());
  const parted_at = view.partner.present ? null : view.times.parted_at;
  const times = { ...view.times, now: null, parted_at, left_at, undo_until: view.trial ? null : undo_until };
  return { ...view, state: "after", times };
}

class OverScreen {
  root = showScreen("over");
  /** @type {() => unknown} */
  #goBack = () => {};
  /** Whether our server knows that the student has left. */
  #hasLeft = true;
  #isLeaving = false;
  #isUndoing = false;
  #hasUndoFailed = false;
  /** For how long leaving could be undone when that was first offered; a text that counted down would be read again and again. */
  #undoForMs = 0;
  /** What the strip and the lead said when they last changed. */
  #said = ["", ""];
  /** Settles when the request to leave has succeeded or failed. */
  #leaving = Promise.resolve();
  #cancelRedrawing = () => {};

  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.life = lifeOf(this.root);
    this.clockOffset = serverClockOffset(view.times.now, Date.now());
    const handlers = {
      interval: () => this.#pollInterval(),
      onView: (/** @type {View} */ newView) => this.#showView(newView),
      onSeatLost: () => this.#showFinal(),
    };
    this.poll = new SessionPoll(handlers, this.life);
    findElement(this.root, "[data-next]").setAttribute("href", view.chat_url);
    onPress(findElement(this.root, "[data-undo-button]"), () => this.#undo());
    findElement(this.root, "[data-report]").onclick = () => this.#report();
    findElement(this.root, "[data-back-button]").onclick = () => this.#goBack();
    this.#draw();
  }

  /** @returns {Promise<void>} */
  async stay() {
    this.poll.readLater();
    await new Promise((resolve) => (this.#goBack = () => this.life.aborted || resolve(undefined))); // not after a report
    endLife(this.root);
  }

  /** Tell our server, and stay. @returns {Promise<void>} */
  leave() {
    this.#hasLeft = false;
    this.#leaving = this.#tellServer();
    return this.stay();
  }

  async #tellServer() {
    this.#isLeaving = true;
    this.#hasLeft = await leaveSession().then(() => true, () => false);
    this.#isLeaving = false;
    this.poll.readLater(0);
  }

  /** Not while our server is being told: its answer could be from before. */
  #pollInterval() {
    if (this.#isLeaving) return null;
    return this.#hasLeft ? pollIntervalAfterwards(this.view, this.#serverNow) : OFTEN_MS;
  }

  get #serverNow() {
    return Date.now() + this.clockOffset;
  }

  get #undoRestMs() {
    return isOver(this.view) ? Date.parse(this.view.times.undo_until ?? "") - this.#serverNow : 0;
  }

  /** @param {View} view */
  #showView(view) {
    if (this.#isUndoing) return;
    if (!this.#hasLeft && !isOver(view) && view.version < this.view.version + UNDONE_AFTER_VERSIONS) {
      this.#leaving = this.#tellServer(); // our first request was lost: other things changed the match, or nothing did
      return;
    }
    this.#hasLeft = true;
    this.view = view;
    this.clockOffset = serverClockOffset(view.times.now, Date.now());
    this.#draw();
  }

  /** From now on nothing can be undone, and nobody tells what becomes of a search. */
  #showFinal() {
    this.poll.stop();
    this.view = { ...this.view, requeued: null, times: { ...this.view.times, undo_until: null } };
    this.#draw();
  }

  #draw() {
    const isBack = !isOver(this.view);
    const { title, lead, next, end } = overTexts(this.view);
    const { length, partner, times, empty_minutes: empty } = this.view;
    const values = { minutes: length, partner: partner.name, from: timeOfDay(times.met_at), to: timeOfDay(end), empty };
    const leadText = isBack ? page.over.undone : page.over[lead];
    setText(this.root, "h1", isBack ? page.over.title_undone : page.over[title], values);
    setText(this.root, "[data-lead]", leadText, values);
    setText(this.root, "[data-next-text]", page.over[next]);
    findElement(this.root, "[data-onwards]").hidden = isBack;
    findElement(this.root, "[data-back]").hidden = !isBack;
    findElement(this.root, "[data-report-row]").hidden = isBack || this.view.trial || times.met_at === null;
    this.#announceNews([this.#drawUndo(), fillPlaceholders(leadText, values)]);
  }

  /** Offer *Undo* while it is possible, or say that it has failed. Returns what the strip says. */
  #drawUndo() {
    const rest = this.#undoRestMs;
    const mayUndo = rest > 0 || this.#isUndoing; // whoever pressed in time sees what comes of it
    const strip = findElement(this.root, "[data-undo]");
    const button = findElement(this.root, "[data-undo-button]");
    this.#cancelRedrawing();
    if (rest > 0) this.#cancelRedrawing = runLater(this.life, () => this.#draw(), rest);
    strip.hidden = !mayUndo && !(this.#hasUndoFailed && isOver(this.view));
    button.hidden = !mayUndo;
    const text = mayUndo ? this.#undoText(rest) : page.over.too_late;
    setText(this.root, "[data-undo-text]", text);
    return strip.hidden ? "" : text;
  }

  /** @param {number} restMs */
  #undoText(restMs) {
    if (this.#hasUndoFailed) return page.over.undo_failed;
    this.#undoForMs ||= restMs;
    return fillPlaceholders(page.over.left, { time: durationText(this.#undoForMs, pageLanguage()) });
  }

  /** The heading is read when it gets the focus; what is gone cannot be read any more. @param {string[]} texts the strip's and the lead */
  #announceNews(texts) {
    const news = texts.filter((text, place) => text && text !== this.#said[place]);
    const isGone = texts.some((text, place) => !text && this.#said[place]);
    if (news.length || isGone) announce(this.root, ""); // what was about to be said may hold no longer
    if (news.length) announce(this.root, news.join(" "));
    this.#said = texts;
  }

  /** One press files the report. From then on there is no way back into the room. */
  #report() {
    keepReport("over");
    showReport();
  }

  async #undo() {
    if (this.#isUndoing) return;
    this.#isUndoing = true;
    try {
      await this.#leaving;
      await undoLeaving();
      this.#goBack();
    } catch (error) {
      await this.#undoFailed(Problem.from(error));
    }
  }

  /** Say so, unless the session says that they are back in. @param {Problem} problem */
  async #undoFailed(problem) {
    const outcome = await explainProblem(problem);
    if (this.life.aborted) return;
    if ("live" in outcome) return this.#goBack();
    this.#isUndoing = false;
    this.#hasUndoFailed = true;
    this.#said[0] = "";
    if ("over" in outcome) this.#showView(outcome.over);
    else if (TEMPORARY.has(outcome.problem.code)) this.#draw();
    else this.#showFinal();
  }
}
