// What the page asks the server, and the problems it meets. Every failure has a code: the server's, or one of the page's
// own: "offline" (our server is out of reach), "video_blocked" (LiveKit is, from here), "displaced".

import { kept } from "./keep.js";

const PATIENCE = 15_000;

/**
 * @typedef {{ name: string, present: boolean, came: boolean, left: boolean }} Partner
 * @typedef {Record<"now"|"matched_at"|"notified_at"|"reminded_at"|"another_at"|"met_at"|"ends_at"|"ended_at"|"left_at"|"undo_until", string | null>} Times
 * @typedef {{ seat: string, version: number, state: "inviting"|"meeting"|"after"|"ended", ended_as: string | null, me: { name: string },
 *   partner: Partner, subject: string, length: number, why: string, times: Times, chat_url: string,
 *   way?: JoinToken }} View `way` only as the answer to redeeming, where the room was there
 * @typedef {{ url: string, token: string, expires_at: string }} JoinToken
 */

export class Problem extends Error {
  /**
   * @param {string} code
   * @param {{ retry_after?: number, holder?: string }} [more]
   */
  constructor(code, more = {}) {
    super(code);
    this.code = code;
    this.retryAfter = more.retry_after;
    this.holder = more.holder;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 */
async function ask(method, path, body) {
  const { seat } = kept();
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers: { ...(body && { "Content-Type": "application/json" }), ...(seat && { "X-Seat": seat }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
      keepalive: method === "DELETE",
    });
  } catch {
    throw new Problem("offline");
  }
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(said.code ?? "internal", said);
  return said;
}

/** @returns {Promise<View>} */
export const readSession = () => ask("GET", "/session");
/** @param {string} token @param {string} attempt @returns {Promise<View>} */
export const redeem = (token, attempt) => ask("POST", "/session", { token, attempt, enter: true });
/** @returns {Promise<JoinToken>} */
export const joinToken = () => ask("POST", "/session/join-token", {});
/** @returns {Promise<null>} */
export const leave = () => ask("DELETE", "/session", {});
/** @returns {Promise<View>} */
export const undo = () => ask("POST", "/session/undo", {});
/** @returns {Promise<object>} */
export const findAnother = () => ask("POST", "/session/another", {});
/** @param {string} token @returns {Promise<object>} */
export const resend = (token) => ask("POST", "/invitation/resend", { token });
