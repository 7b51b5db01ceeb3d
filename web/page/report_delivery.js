// A report on its way to our server. It is kept in the tab before anything is sent, so that a reload loses nothing, and sent
// again until our server has it: a repeated request is the same report. Every request says for which seat it speaks, because
// another link may have been opened in this browser meanwhile.

import { fileReport, Problem, undoReport } from "./api.js";
import { TEMPORARY } from "./problem_codes.js";
import { rejoinDelayS } from "./retry_delays.js";
import { runLater } from "./screen_life.js";
import { loadTabState, saveTabState } from "./storage.js";

/** @typedef {import("./api.js").ReportContent} ReportContent @typedef {import("./api.js").FiledReport} FiledReport */
/**
 * @typedef {{ seat: string, place: "room" | "over", content: ReportContent, isSent: boolean, number?: number, readBy?: FiledReport["read_by"], undoUntil?: number }} KeptReport
 *   `place`: where it was made; `content`: what our server may not have yet; `number`: our server's, once it has the report,
 *   as `readBy`; `undoUntil`: in milliseconds since 1970, by this browser's clock
 * @typedef {"sending" | "waiting" | "sent" | "refused" | "undone"} DeliveryState `waiting`: for the next attempt; `refused`: for good
 */

/** The report that this tab has made, if it has made one. @returns {KeptReport | null} */
export function keptReport() {
  return loadTabState().report ?? null;
}

/** Keep a report of this tab's seat; nothing is sent yet. @param {KeptReport["place"]} place */
export function keepReport(place) {
  const { seat = "" } = loadTabState();
  saveTabState({ report: { seat, place, content: {}, isSent: false } });
}

/**
 * Bring a kept report to our server before this browser's session becomes another seat's, then forget it. One attempt: if our
 * server cannot be reached, neither can the other seat. Throws Problem in that case.
 */
export async function deliverBeforeNextSeat() {
  const report = keptReport();
  if (!report) return;
  try {
    if (!report.isSent) await fileReport(report.seat, report.content);
  } catch (error) {
    if (TEMPORARY.has(Problem.from(error).code)) throw error;
  }
  saveTabState({ report: undefined });
}

/** Delivers the kept report. Fires "change" whenever its state or the kept report changes. */
export class ReportDelivery extends EventTarget {
  /** @type {DeliveryState} */
  state = "sending";
  #isRunning = false;
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
      await undoReport(keptReport()?.seat ?? "");
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
      this.#request = this.#send();
      await this.#request;
      if (this.state === "waiting") await this.#waitFor(rejoinDelayS(attempt));
    }
    this.#isRunning = false;
  }

  get #hasMore() {
    return !this.#isUndoing && !this.life.aborted && this.state !== "refused" && keptReport()?.isSent === false;
  }

  async #send() {
    const { seat, content } = /** @type {KeptReport} */ (keptReport());
    try {
      const { number, read_by: readBy, now, undo_until } = await fileReport(seat, content);
      const isSent = JSON.stringify(keptReport()?.content) === JSON.stringify(content); // else there is more by now
      const undoUntil = Date.now() + Date.parse(undo_until) - Date.parse(now);
      this.#keep({ number, readBy, undoUntil, isSent, ...(isSent && { content: {} }) });
      this.#setState(isSent ? "sent" : "sending");
    } catch (error) {
      this.#setState(TEMPORARY.has(Problem.from(error).code) ? "waiting" : "refused");
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
    if (report) saveTabState({ report: { ...report, ...changes } });
  }

  /** @param {DeliveryState} state */
  #setState(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}
