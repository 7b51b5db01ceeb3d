// Polls the session from our server: often while something may change soon, rarely during a call.

import { Problem, readSession } from "./api.js";
import { SEAT_IS_LOST } from "./problem_codes.js";

/** @typedef {import("./api.js").View} View @typedef {import("./stage.js").Stage} Stage */

const OFTEN_MS = 3_000;
const SELDOM_MS = 20_000;

/**
 * Milliseconds until the next read.
 * @param {Stage} stage
 * @param {boolean} isConnected
 * @param {boolean} hasMet whether the server knows that both are in the room
 */
export function pollInterval(stage, isConnected, hasMet) {
  return stage === "together" && isConnected && hasMet ? SELDOM_MS : OFTEN_MS;
}

export class SessionPoll {
  /** @type {number | undefined} */
  #timer;
  #isStopped = false;

  /**
   * @param {{ interval: () => number, onView: (view: View) => void, onSeatLost: (problem: Problem) => void }} handlers
   *   `interval` in milliseconds; other problems are ignored until the next read
   */
  constructor(handlers) {
    this.handlers = handlers;
  }

  /** Read now, and then at every interval. */
  async readNow() {
    clearTimeout(this.#timer);
    try {
      const view = await readSession();
      if (!this.#isStopped) this.handlers.onView(view);
    } catch (error) {
      if (error instanceof Problem && SEAT_IS_LOST.has(error.code)) return this.#seatLost(error);
    }
    this.readLater();
  }

  /** Read after a delay instead of at the planned time, and then at every interval. @param {number} [delayMs] */
  readLater(delayMs = this.handlers.interval()) {
    clearTimeout(this.#timer);
    if (!this.#isStopped) this.#timer = setTimeout(() => this.readNow(), delayMs);
  }

  /** Stop reading; no handler is called afterwards. */
  stop() {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** @param {Problem} problem */
  #seatLost(problem) {
    if (!this.#isStopped) this.handlers.onSeatLost(problem);
  }
}
