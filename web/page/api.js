// Requests to our server. Every failure is a `Problem` with a code: one of the server's, or one of the page's own:
// "offline" (our server cannot be reached), "no_internet" (nor can anything else), "video_blocked", "video_refused" and "video_no_answer" (join_failure.js),
// "displaced" (the same seat was opened elsewhere), "another_tab" (in this browser) and "removed" (session_outcome.js),
// "no_cookies" (link_inspection.js), and "cookie_lost" (this tab's session is not this browser's any more).

import { loadTabState } from "./storage.js";

const REQUEST_TIMEOUT_MS = 15_000;

/**
 * @typedef {{ name: string, present: boolean, came: boolean, left: boolean }} Partner
 * @typedef {Record<"now" | "matched_at" | "notified_at" | "reminded_at" | "reminder_due_at" | "another_at" | "met_at" |
 *   "meeting_counts_at" | "ends_at" | "closes_at" | "parted_at" | "ended_at" | "left_at" | "undo_until", string | null>} Times ISO 8601, in UTC
 * @typedef {{ seat: string, version: number, trial: boolean, state: "inviting" | "meeting" | "after" | "ended", ended_as: string | null,
 *   requeued: "waiting" | "matched" | "left" | "expired" | null, me: { name: string, came: boolean, removed: boolean }, partner: Partner, subject: string, length: number, why: string, times: Times,
 *   undo_seconds: number, empty_minutes: number, longest_report: number, report_token: string | null, report_days: number, hides_partner_video: boolean, chat_url: string, way?: JoinGrant }} View
 *   `trial`: an admin meets themselves; `length` in minutes, `longest_report` in characters; `report_token` reports for this
 *   seat, until `report_days` after the match; `way` only in the answer to redeeming a link, if the room was ready
 * @typedef {{ url: string, token: string, expires_at: string }} JoinGrant LiveKit's address and a token for one room
 * @typedef {{ reason?: string, words?: string }} ReportContent
 * @typedef {{ seat: string, token?: string }} Reporter their seat, and its token
 * @typedef {{ number: number, read_by: "admins" | "operator" | "nobody", now: string, undo_until: string }} FiledReport `now`: by the clock of our server, as `undo_until`
 * @typedef {{ title: string, detail: string, next: string }} ProblemText what happened, and what to do next
 */

export class Problem extends Error {
  /**
   * @param {string} code
   * @param {{ retry_after?: number, holder?: string, chat_url?: string } & Partial<ProblemText>} [details] seconds until
   *   the next try is welcome; the name of the student whose seat this browser holds; where the way back to Discord leads;
   *   the server's text
   */
  constructor(code, details = {}) {
    super(code);
    this.code = code;
    this.retryAfter = details.retry_after;
    this.holder = details.holder;
    this.chatUrl = details.chat_url;
    /** The server's text, or null if the problem arose in the page. */
    this.text = serverText(details);
  }

  /** Any error as a Problem; unexpected ones get the code "internal". @param {unknown} error */
  static from(error) {
    return error instanceof Problem ? error : new Problem("internal");
  }
}

/** The problem while our server cannot be reached. A browser that says that it is not online is not. */
export function unreachable() {
  return new Problem(globalThis.navigator?.onLine === false ? "no_internet" : "offline");
}

/** @param {Partial<ProblemText>} details @returns {ProblemText | null} */
function serverText({ title, detail, next }) {
  return title && detail && next ? { title, detail, next } : null;
}

/**
 * Send a request as a seat, this tab's by default. Returns the JSON answer, or null for 204. Throws Problem.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {{ seat?: string, keepalive?: boolean }} [options] `keepalive`: it goes on though the page is closed
 */
async function sendRequest(method, path, body, { seat = loadTabState().seat, keepalive = false } = {}) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, {
      method,
      headers: { ...(body && { "Content-Type": "application/json" }), ...(seat && { "X-Seat": seat }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      keepalive,
    });
  } catch {
    throw unreachable();
  }
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Problem(codeOf(answer ?? {}, Boolean(seat)), answer ?? {});
  if (!answer) throw new Problem("offline"); // something in between has answered, such as a login page of the network
  return answer;
}

/** @param {{ code?: string }} answer @param {boolean} hadSession whether this tab has had a session */
function codeOf({ code = "internal" }, hadSession) {
  return hadSession && code === "no_session" ? "cookie_lost" : code;
}

/** @returns {Promise<View>} */
export const readSession = () => sendRequest("GET", "/session");
/** @param {string} token @param {string} attempt @returns {Promise<View>} */
export const redeemLink = (token, attempt) => sendRequest("POST", "/session", { token, attempt, enter: true });
/** @param {string} token @param {string} attempt @returns {Promise<{ keeps_cookies: boolean }>} */
export const inspectLink = (token, attempt) => sendRequest("POST", "/invitation/inspect", { token, attempt });
/** @returns {Promise<JoinGrant>} */
export const requestJoinGrant = () => sendRequest("POST", "/session/join-token", {});
/** @returns {Promise<null>} */
export const leaveSession = () => sendRequest("DELETE", "/session", {}, { keepalive: true });
/** @returns {Promise<View>} */
export const undoLeaving = () => sendRequest("POST", "/session/undo", {});
/** @returns {Promise<object>} */
export const findAnotherPartner = () => sendRequest("POST", "/session/another", {});
/** @param {string} token @returns {Promise<object>} */
export const resendLink = (token) => sendRequest("POST", "/invitation/resend", { token });
/** @param {Reporter} reporter @param {ReportContent} content @returns {Promise<FiledReport>} */
export const fileReport = ({ seat, token }, content) => sendRequest("POST", "/report", { token, ...content }, { seat, keepalive: true });
/** @param {Reporter} reporter @returns {Promise<object>} */
export const undoReport = ({ seat, token }) => sendRequest("POST", "/report/undo", { token }, { seat, keepalive: true });
