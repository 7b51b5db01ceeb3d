// The report screen: the student is out, and has reported the partner. They may say what it was, get help, or undo it for a
// short time.

import { Problem } from "./api.js";
import { announce, findElement, onPress, setText, showScreen } from "./dom.js";
import { TEMPORARY } from "./problem_codes.js";
import { keptReport, ReportDelivery } from "./report_delivery.js";
import { lifeOf, runLater } from "./screen_life.js";
import { loadTabState } from "./storage.js";
import { durationText } from "./time.js";
import { fillPlaceholders, page, pageLanguage } from "./words.js";

/** Choosing it opens the help before anything else. */
const NEEDS_HELP_FIRST = "recorded";

/** Show the report that this tab keeps, and deliver it. There is no way back into the room. @returns {Promise<never>} */
export function showReport() {
  new ReportScreen();
  return new Promise(() => {});
}

class ReportScreen {
  root = showScreen("report");
  #reason = "";
  /** Whether the student has asked for the help lines. */
  #isHelpWanted = false;
  /** Whether the student has said what it was, and does not want to add anything. */
  #hasSaid = Boolean(Object.keys(keptReport()?.content ?? {}).length);
  #undoFailure = "";
  #isUndoRefused = false;
  /** The lead and what is said about undoing, as they were last announced. */
  #said = ["", ""];
  #cancelRedrawing = () => {};

  constructor() {
    this.life = lifeOf(this.root);
    this.place = keptReport()?.place ?? "over";
    this.text = /** @type {HTMLTextAreaElement} */ (findElement(this.root, "[data-words]"));
    this.help = findElement(this.root, "[data-help]");
    const { longestReport, chat } = loadTabState();
    if (longestReport) this.text.maxLength = longestReport;
    if (chat) findElement(this.root, "[data-chat]").setAttribute("href", chat);
    findElement(this.root, "[data-chat]").hidden = !chat;
    this.text.oninput = () => this.#drawCount();
    findElement(this.root, "[data-reasons]").onchange = ({ target }) => this.#choose(/** @type {HTMLInputElement} */ (target).value);
    onPress(findElement(this.root, "[data-send]"), () => this.#send());
    onPress(findElement(this.root, "[data-undo-button]"), () => this.#undo());
    findElement(this.root, "[data-get-help]").onclick = () => this.#toggleHelp();
    findElement(this.root, "[data-add]").onclick = () => this.#addMore();
    this.delivery = new ReportDelivery(this.life);
    this.delivery.addEventListener("change", () => this.#draw());
    this.#drawCount();
    this.#draw();
  }

  #draw() {
    const { state } = this.delivery;
    const isThere = state !== "refused" && state !== "undone";
    const isDone = isThere && this.#hasSaid;
    const { number = "", readBy = "admins" } = keptReport() ?? {};
    const readers = readBy === "nobody" ? "" : page.report.readers[readBy];
    const lead = fillPlaceholders(this.#leadText(isDone), { number, readers });
    setText(this.root, "h1", state === "undone" ? page.report.title_undone : page.report.title[this.place]);
    setText(this.root, "[data-lead]", lead);
    for (const part of ["[data-form]", "[data-form-words]", "[data-send]"]) findElement(this.root, part).hidden = !isThere || isDone;
    this.#drawHelp();
    findElement(this.root, "[data-add]").hidden = !isDone || state !== "sent";
    const undoText = this.#drawUndo(isThere);
    if (state !== "sending") this.#announceNews([lead, undoText]);
  }

  /** What the heading is followed by; where nobody can read the report, what else to do. @param {boolean} isDone */
  #leadText(isDone) {
    const { state } = this.delivery;
    if (state !== "sent") return page.report.state[state];
    const { sent, thanks } = this.#isUnread ? page.report.nobody : { sent: page.report.state.sent, thanks: page.report.thanks };
    return isDone ? thanks : sent;
  }

  /** @param {string[]} texts the lead and what is said about undoing */
  #announceNews(texts) {
    const news = texts.filter((text, place) => text && text !== this.#said[place]);
    if (news.length) announce(this.root, news.join(" "));
    this.#said = texts;
  }

  /** Until our server has the report, it can be taken back at any time. Returns what is said about it. @param {boolean} isThere */
  #drawUndo(isThere) {
    const { undoUntil } = keptReport() ?? {};
    const rest = undoUntil === undefined ? Infinity : undoUntil - Date.now();
    this.#cancelRedrawing();
    if (rest > 0 && rest < Infinity) this.#cancelRedrawing = runLater(this.life, () => this.#draw(), rest);
    const mayUndo = isThere && rest > 0 && !this.#isUndoRefused;
    findElement(this.root, "[data-undo-button]").hidden = !mayUndo;
    // It is told when something else changes; a text that counted down would be read again and again.
    const told = rest < Infinity ? fillPlaceholders(page.over.left, { time: durationText(rest, pageLanguage()) }) : "";
    const text = this.#undoFailure || (mayUndo ? told : "");
    setText(this.root, "[data-undo-text]", text);
    return text;
  }

  #drawCount() {
    const { value, maxLength } = this.text;
    setText(this.root, "[data-count]", maxLength > 0 ? page.report.count : "", { count: value.length, most: maxLength });
  }

  /** @param {string} reason */
  #choose(reason) {
    this.#reason = reason;
    this.#drawHelp();
    if (!this.#isThreatened) return;
    this.help.scrollIntoView({ block: "nearest" });
    announce(this.root, [page.help.threatened_title, page.help.threatened].join(". "));
  }

  get #isThreatened() {
    return this.#reason === NEEDS_HELP_FIRST;
  }

  /** Whether nobody can be reached who may read the report. */
  get #isUnread() {
    return keptReport()?.readBy === "nobody";
  }

  #toggleHelp() {
    this.#isHelpWanted = this.help.hidden === true;
    this.#drawHelp();
    if (!this.help.hidden) findElement(this.help, "[data-help-title]").focus();
  }

  /** What the reason has opened goes with it. */
  #drawHelp() {
    this.help.hidden = !this.#isHelpWanted && !this.#isThreatened && !this.#isUnread;
    findElement(this.root, "[data-threatened]").hidden = !this.#isThreatened;
    findElement(this.root, "[data-get-help]").setAttribute("aria-expanded", String(!this.help.hidden));
  }

  #send() {
    const words = this.text.value.trim();
    this.#hasSaid = true;
    this.delivery.add({ ...(this.#reason && { reason: this.#reason }), ...(words && { words }) });
    this.text.value = "";
    this.#drawCount();
  }

  /** What was said is said; the reason can still be changed. */
  #addMore() {
    this.#hasSaid = false;
    this.#draw();
    this.text.focus();
  }

  async #undo() {
    this.#undoFailure = "";
    try {
      await this.delivery.undo();
    } catch (error) {
      this.#isUndoRefused = !TEMPORARY.has(Problem.from(error).code);
      this.#undoFailure = this.#isUndoRefused ? page.over.too_late : page.over.undo_failed;
      this.#said[1] = "";
      this.#draw();
    }
  }
}
