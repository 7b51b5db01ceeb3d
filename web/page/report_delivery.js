// The report of this tab on its way to our server. It is kept before anything is sent, so that neither a reload nor closing the
// tab loses it, and sent again until our server has it: a repeated request is the same report. Every request has the token of
// its seat, because the session may be over, or another link may have been opened in this browser since.

import { fileReport, Problem, undoReport } from "./api.js";
import { REPORT_IS_OVER, TEMPORARY } from "./problem_codes.js";
import { rejoinDelayS } from "./retry_delays.js";
import { runLater } from "./screen_life.js";
import { loadTabState, saveTabState } from "./storage.js";
import { alone, forgetWaiting, keepWaiting } from "./waiting_reports.js";

/** @typedef {import("./api.js").ReportContent} ReportContent @typedef {import("./api.js").FiledReport} FiledReport */
/**
 * @typedef {{ seat: string, token?: string, place: "room" | "over", content: ReportContent, isSent: boolean, number?: number, readBy?: FiledReport["read_by"], undoUntil?: number }} KeptReport
 *   `token`: the seat's; `place`: where the report was made; `content`: what our server may not have yet; `number`: our server's, once it has the report,
 *   as `readBy`; `undoUntil`: in milliseconds since 1970, by this browser's clock
 * @typedef {"sending" | "waiting" | "slowed" | "sent" | "refused" | "undone"} DeliveryState `waiting`: for the next attempt;
 *   `slowed`: the same, because there were too many; `refused`: for good
 */

/** The report that this tab has made, if it has made one. @returns {KeptReport | null} */
export function keptReport() {
  return loadTabState().report ?? null;
}

/** Keep a report of this tab's seat; nothing is sent yet. @param {KeptReport["place"]} place */
export function keepReport(place) {
  const { seat = "", reportToken } = loadTabState();
  save({ seat, ...(reportToken && { token: reportToken }), place, content: {}, isSent: false });
}

/** The tab keeps a report for its screen, and the browser keeps it for as long as our server does not have it. @param {KeptReport} report */
function save(report) {
  const { seat, token, content, isSent } = report;
  saveTabState({ report });
  if (isSent) forgetWaiting(seat);
  else if (token) keepWaiting({ seat, token, content }, loadTabState().reportDays ?? 0);
}

/** Delivers the kept report. Fires "change" whenever its state or the kept report changes. */
export class ReportDelivery extends EventTarget {
  /** @type {DeliveryState} */
  state = "sending";
  #isRunning = false;
  /** Until the next attempt, at least. */
  #pauseS = 0;
  #isUndoing = false;
  /** Settles when the request that is on its way has succeeded or failed. */
  #request = Promise.resolve();
  #endWait = () => {};

  /** @param {AbortSignal} life of the screen that shows it */
  constructor(life) {
    super();
    this.life = life;
    addEventListener("online", () => this.#endWait(), { signal: life });
    if (keptReport()?.isSent) this.state = "sent";
    else this.#run();
  }

  /** Add a reason or words to the report. @param {ReportContent} content */
  add(content) {
    this.#keep({ content: { ...keptReport()?.content, ...content }, isSent: false });
    this.#setState("sending");
    this.#endWait();
    this.#run();
  }

  /** Take the report back. Throws Problem if that fails; then the report goes on. */
  async undo() {
    this.#isUndoing = true;
    try {
      await this.#request;
      const report = /** @type {KeptReport} */ (keptReport());
      await alone(report.seat, async () => {
        await undoReport(report);
        forgetWaiting(report.seat);
      });
      saveTabState({ report: undefined });
      this.#setState("undone");
    } finally {
      this.#isUndoing = false;
      this.#endWait();
      this.#run();
    }
  }

  /** Send until our server has everything, refuses it, or the report is taken back. */
  async #run() {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let attempt = 1; this.#hasMore; attempt += 1) {
      this.#request = alone(keptReport()?.seat ?? "", () => this.#send());
      await this.#request;
      if (this.state === "waiting" || this.state === "slowed") await this.#waitFor(Math.max(this.#pauseS, rejoinDelayS(attempt)));
    }
    this.#isRunning = false;
  }

  get #hasMore() {
    return !this.#isUndoing && !this.life.aborted && this.state !== "refused" && keptReport()?.isSent === false;
  }

  async #send() {
    const report = /** @type {KeptReport} */ (keptReport());
    const { content } = report;
    try {
      const { number, read_by: readBy, now, undo_until } = await fileReport(report, content);
      const isSent = JSON.stringify(keptReport()?.content) === JSON.stringify(content); // else there is more by now
      const undoUntil = Date.now() + Date.parse(undo_until) - Date.parse(now);
      this.#keep({ number, readBy, undoUntil, isSent, ...(isSent && { content: {} }) });
      this.#setState(isSent ? "sent" : "sending");
    } catch (error) {
      const { code, retryAfter = 0 } = Problem.from(error);
      this.#pauseS = retryAfter;
      if (REPORT_IS_OVER.has(code)) forgetWaiting(report.seat);
      if (code === "slow_down") this.#setState("slowed");
      else this.#setState(TEMPORARY.has(code) ? "waiting" : "refused");
    }
  }

  /** Wait before the next attempt; what the student adds, a network that is back, and the end of the screen end the wait. @param {number} seconds */
  #waitFor(seconds) {
    return new Promise((resolve) => {
      const cancel = runLater(this.life, () => this.#endWait(), seconds * 1000);
      this.#endWait = () => (cancel(), resolve(undefined));
      if (this.life.aborted) this.#endWait();
    });
  }

  /** @param {Partial<KeptReport>} changes */
  #keep(changes) {
    const report = keptReport();
    if (report) save({ ...report, ...changes });
  }

  /** @param {DeliveryState} state */
  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
