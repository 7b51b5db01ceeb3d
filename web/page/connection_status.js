// Shows and announces the state of the connection: good, weak, or lost and being restored. A short loss is only shown.

import { announce, createButton, findElement, setText } from "./dom.js";
import { HELD_FOR_MS } from "./partner_presence.js";
import { durationText } from "./time.js";
import { fillPlaceholders, page, pageLanguage } from "./words.js";

/** @typedef {import("./room_connection.js").RoomConnection} RoomConnection */
/** @typedef {"good" | "weak" | "lost"} Quality */

const ANNOUNCE_WEAK_EVERY_MS = 60_000;

export class ConnectionStatus {
  /** @type {Quality} what was last announced, or needed no announcement */
  #told = "good";
  /** Since when the connection is lost, in milliseconds since 1970. @type {number | null} */
  #lostAt = null;
  #weakAnnouncedAt = -Infinity;
  /** When the next attempt was due as *Try now* was pressed; null once the student has heard what came of it. @type {number | null} */
  #pressedBefore = null;

  /** @param {Element} root @param {RoomConnection} connection @param {() => void} leave */
  constructor(root, connection, leave) {
    this.root = root;
    this.connection = connection;
    const tryNow = createButton(page.problem.try_now, () => this.#tryNow(), { main: true });
    findElement(root, "[data-reconnect-buttons]").append(tryNow, createButton(page.room.leave, leave));
  }

  draw() {
    const { state, attempt } = this.connection;
    if (state === "closed") return; // the next screen says why
    const quality = state === "weak" || state === "lost" ? state : "good";
    findElement(this.root, "[data-connection]").dataset.quality = quality;
    findElement(this.root, "[data-stage]").dataset.quality = quality;
    for (const place of ["[data-connection-text]", "[data-weak-text]"]) setText(this.root, place, page.room.quality[quality]);
    this.#lostAt = quality === "lost" ? (this.#lostAt ?? Date.now()) : null;
    const isHeld = this.#lostAt !== null && Date.now() - this.#lostAt < HELD_FOR_MS;
    findElement(this.root, "[data-reconnecting]").hidden = quality !== "lost" || isHeld || attempt === 0;
    setText(this.root, "[data-reconnect-next]", this.#nextTryText());
    if (!isHeld && quality !== this.#told) this.#announceChange(quality, this.#told);
    if (!isHeld) this.#told = quality;
    this.#announceOutcome(quality);
  }

  #tryNow() {
    this.#pressedBefore = this.connection.nextTryAt;
    announce(this.root, page.problem.trying);
    this.connection.tryNow();
  }

  /** Say when the next attempt comes, if the one that the student started has failed. @param {Quality} quality */
  #announceOutcome(quality) {
    const { nextTryAt } = this.connection;
    if (quality !== "lost") this.#pressedBefore = null;
    if (this.#pressedBefore === null || !nextTryAt || nextTryAt === this.#pressedBefore) return;
    this.#pressedBefore = null;
    announce(this.root, this.#nextTryText());
  }

  #nextTryText() {
    const { nextTryAt } = this.connection;
    if (!nextTryAt) return page.room.lost_now;
    return fillPlaceholders(page.room.lost_next, { time: durationText(nextTryAt - Date.now(), pageLanguage()) });
  }

  /** @param {Quality} now @param {Quality} before */
  #announceChange(now, before) {
    if (now === "lost") return announce(this.root, page.room.quality.lost);
    if (before === "lost") return announce(this.root, page.room.back);
    if (now !== "weak" || Date.now() - this.#weakAnnouncedAt < ANNOUNCE_WEAK_EVERY_MS) return;
    this.#weakAnnouncedAt = Date.now();
    announce(this.root, page.room.quality.weak);
  }
}
