// How the connection is, as the room shows and says it: good, weak, coming back.

import { announce, button, find, say } from "./dom.js";
import { duration } from "./moments.js";
import { fill, language, page } from "./words.js";

/** @typedef {import("./call.js").Call} Call @typedef {"good" | "weak" | "lost"} Quality */

const WEAK_IS_NEWS_AFTER = 60_000;

export class ConnectionSign {
  /** @type {Quality} */
  #before = "good";
  #weakSaid = -Infinity;

  /** @param {Element} root @param {Call} call @param {() => void} leave */
  constructor(root, call, leave) {
    this.root = root;
    this.call = call;
    const [again, go] = [button(page.problem.try_now, () => call.tryNow(), { main: true }), button(page.room.leave, leave)];
    find(root, "[data-trouble-buttons]").append(again, go);
  }

  draw() {
    const { connection, attempt } = this.call;
    const quality = connection === "weak" || connection === "lost" ? connection : "good";
    find(this.root, "[data-connection]").dataset.quality = quality;
    find(this.root, "[data-stage]").dataset.quality = quality;
    for (const place of ["[data-connection-words]", "[data-weak-words]"]) say(this.root, place, page.room.quality[quality]);
    find(this.root, "[data-trouble]").hidden = quality !== "lost" || attempt === 0;
    say(this.root, "[data-trouble-next]", this.#next());
    if (quality !== this.#before) this.#speak(quality, this.#before);
    this.#before = quality;
  }

  #next() {
    const { attempt, nextTryAt } = this.call;
    if (!nextTryAt) return fill(page.room.lost_now, { attempt });
    return fill(page.room.lost_next, { attempt, time: duration(nextTryAt - Date.now(), language()) });
  }

  /** @param {Quality} now @param {Quality} before */
  #speak(now, before) {
    if (now === "lost") return announce(page.room.quality.lost);
    if (before === "lost") return announce(page.room.back);
    if (now !== "weak" || Date.now() - this.#weakSaid < WEAK_IS_NEWS_AFTER) return;
    this.#weakSaid = Date.now();
    announce(page.room.quality.weak);
  }
}
