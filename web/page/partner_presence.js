// Whether the partner is in the room. LiveKit reports somebody who is reconnecting as gone, and when it stops it may report
// the partner as gone before we lose our own connection. So a partner who disappears is missing for a while, and only then out.

/** @typedef {"in" | "missing" | "out"} Presence `missing`: they were in, cannot be reached, and may be back in a moment */

/** A partner who disappears may be back within this time; so may one whom we see again after our own connection was lost. */
export const REAPPEARS_WITHIN_MS = 5_000;

export class PartnerPresence {
  /** @type {Presence} */
  state = "out";
  #expectedUntil = 0;

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
    if (isPartnerReachable && !isLost) return "in";
    if (hasLeft || this.state === "out") return "out";
    if (this.state === "in" || isLost || partner) this.#expectedUntil = now + REAPPEARS_WITHIN_MS;
    return now < this.#expectedUntil ? "missing" : "out";
  }
}
