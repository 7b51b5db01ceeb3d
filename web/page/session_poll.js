// Polls the session from our server: often while something may change soon, rarely during a call.

import { Problem, readSession } from "./api.js";
import { SEAT_IS_LOST } from "./problem_codes.js";
import { runLater } from "./screen_life.js";
import { isOver } from "./stage.js";

/** @typedef {import("./api.js").View} View @typedef {import("./stage.js").Stage} Stage */

export const OFTEN_MS = 3_000;
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

/**
 * The same once the meeting is over for this student: often while they may undo leaving in Discord, rarely while they look
 * on; null when nothing can change any more.
 * @param {View} view
 * @param {number} now milliseconds since 1970, by the server's clock
 */
export function pollIntervalAfterwards(view, now) {
  const { undo_until } = view.times;
  if (undo_until !== null && now < Date.parse(undo_until)) return OFTEN_MS; // so the last read follows the last moment
  return isOver(view) && view.requeued !== "waiting" ? null : SELDOM_MS;
}

export class SessionPoll {
  #cancelNext = () => {};
  #isStopped = false;

  /**
   * @param {{ interval: () => number | null, onView: (view: View) => void, onSeatLost: (problem: Problem) => void }} handlers
   *   `interval` in milliseconds, null ends the reading; other problems are ignored until the next read
   * @param {AbortSignal} life the screen's: its end stops the reading
   */
  constructor(handlers, life) {
    this.handlers = handlers;
    this.life = life;
    life.addEventListener("abort", () => this.stop(), { once: true });
  }

  /** Read now, and then at every interval. */
  async readNow() {
    this.#cancelNext();
    if (this.#isStopped) return;
    try {
      const view = await readSession();
      if (!this.#isStopped) this.handlers.onView(view);
    } catch (error) {
      if (error instanceof Problem && SEAT_IS_LOST.has(error.code)) return this.#seatLost(error);
    }
    this.readLater();
  }

  /** Read after a delay instead of at the planned time, and then at every interval. @param {number | null} [delayMs] */
  readLater(delayMs = this.handlers.interval()) {
    this.#cancelNext();
    if (!this.#isStopped && delayMs !== null) this.#cancelNext = runLater(this.life, () => this.readNow(), delayMs);
  }

  /** Stop reading; no handler is called afterwards. */
  stop() {
    this.#isStopped = true;
    this.#cancelNext();
  }

  /** @param {Problem} problem */
  #seatLost(problem) {
    if (!this.#isStopped) this.handlers.onSeatLost(problem);
  }
}
