// Whether the partner is in the room. LiveKit reports somebody who is reconnecting as gone, and when it stops it may report
// the partner as gone before we lose our own connection. So a partner who disappears is held for a moment, in which nothing is
// said, then missing for a while, and only then out. So is one who has left and undone it.

/**
 * @typedef {"in" | "held" | "missing" | "out"} Presence `held`: they were in and have just disappeared, perhaps for a reload;
 *   `missing`: for longer than that, and they may be back in a moment
 */

/** Nothing is said about a gap that is shorter. */
export const HELD_FOR_MS = 3_000;
/** A partner who disappears may be back within this time; so may one whom we see again after our own connection was lost. */
export const REAPPEARS_WITHIN_MS = 8_000;

export class PartnerPresence {
  /** @type {Presence} */
  state = "out";
  #heldUntil = 0;
  #expectedUntil = 0;
  #hasBeenIn = false;
  #hadLeft = false;

  /**
   * Take note of what is known now. Returns whether the state has changed.
   * @param {import("./room_connection.js").RoomConnection} connection
   * @param {boolean} hasLeft whether our server says that they gave up their seat
   * @param {number} now milliseconds since 1970
   */
  update(connection, hasLeft, now) {
    const before = this.state;
    this.state = this.#next(connection, hasLeft, now);
    return this.state !== before;
  }

  /** @param {import("./room_connection.js").RoomConnection} connection @param {boolean} hasLeft @param {number} now @returns {Presence} */
  #next({ state, partner, isPartnerReachable }, hasLeft, now) {
    const isLost = state === "lost";
    const isComingBack = this.#hasBeenIn && this.#hadLeft && !hasLeft; // they have undone leaving
    this.#hadLeft = hasLeft;
    this.#hasBeenIn ||= isPartnerReachable;
    if (isPartnerReachable && !isLost) return "in";
    if (hasLeft || (this.state === "out" && !isComingBack)) return "out";
    const isExpected = this.state === "in" || isLost || isComingBack;
    if (isExpected) this.#heldUntil = now + HELD_FOR_MS;
    if (isExpected || partner) this.#expectedUntil = now + REAPPEARS_WITHIN_MS;
    if (now < this.#heldUntil) return "held";
    return now < this.#expectedUntil ? "missing" : "out";
  }
}
