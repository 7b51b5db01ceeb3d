// Reports that our server does not have yet. The browser keeps them, each with the token of its seat, so that any page of ours
// sends them: after the tab is closed, after the session has ended, and while another seat is open here. They go once our server
// has them or takes none any more.

import { fileReport, Problem } from "./api.js";
import { REPORT_IS_OVER, TEMPORARY } from "./problem_codes.js";
import { loadTabState, loadWaitingReports, saveWaitingReports } from "./storage.js";

/** @typedef {import("./api.js").ReportContent} ReportContent */
/** @typedef {{ seat: string, token: string, content: ReportContent, until: number }} WaitingReport `until`: kept for so long, in milliseconds since 1970 */

const SEND_EVERY_MS = 10_000;
const DAY_MS = 86_400_000;

/** Those that can still be sent. What is too old is forgotten. @returns {WaitingReport[]} */
export function waitingReports() {
  const kept = loadWaitingReports();
  const timely = kept.filter(({ until }) => Date.now() < until);
  if (timely.length < kept.length) saveWaitingReports(timely);
  return timely;
}

/** Keep a report in the place of what was kept for the same seat. @param {Omit<WaitingReport, "until">} report @param {number} days for how long our server takes it */
export function keepWaiting({ seat, token, content }, days) {
  const { until = Date.now() + days * DAY_MS } = waitingReports().find((each) => each.seat === seat) ?? {};
  saveWaitingReports([...othersThan(seat), { seat, token, content, until }]);
}

/** @param {string} seat */
export function forgetWaiting(seat) {
  const others = othersThan(seat);
  if (others.length < loadWaitingReports().length) saveWaitingReports(others);
}

/** @param {string} seat */
const othersThan = (seat) => waitingReports().filter((each) => each.seat !== seat);

/**
 * Do something about the report of a seat while no other tab does: one that sends it could otherwise bring back what another
 * has just undone.
 * @template T
 * @param {string} seat
 * @param {() => Promise<T>} action
 * @returns {Promise<T>}
 */
export async function alone(seat, action) {
  const { locks } = globalThis.navigator ?? {}; // missing on insecure addresses
  return locks ? locks.request(`hey-buddy-report-${seat}`, action) : action();
}

/** Send what other tabs have left, now and regularly for as long as the page is open. This tab's own report has its screen. */
export function sendWaitingReports() {
  /** Seats whose report our server does not understand; another page may do better. @type {Set<string>} */
  const refused = new Set();
  const sendAll = () => {
    for (const { seat } of waitingReports()) {
      if (seat !== loadTabState().report?.seat && !refused.has(seat)) alone(seat, () => send(seat, refused));
    }
  };
  sendAll();
  setInterval(sendAll, SEND_EVERY_MS);
  addEventListener("online", sendAll);
}

/** @param {string} seat @param {Set<string>} refused */
async function send(seat, refused) {
  const report = waitingReports().find((each) => each.seat === seat);
  if (!report) return; // another tab was faster
  try {
    await fileReport(report, report.content);
    if (isSame(report)) forgetWaiting(seat);
  } catch (error) {
    const { code } = Problem.from(error);
    if (REPORT_IS_OVER.has(code)) forgetWaiting(seat);
    else if (!TEMPORARY.has(code)) refused.add(seat);
  }
}

/** Whether nothing was added while it was on its way. @param {WaitingReport} report */
function isSame({ seat, content }) {
  return JSON.stringify(waitingReports().find((each) => each.seat === seat)?.content) === JSON.stringify(content);
}
