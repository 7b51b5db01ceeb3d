// The messages of one channel as one person sees them. Stays at the newest unless the reader went up.

import { el, find } from "./dom.js";
import { dayLine, messageNode } from "./message.js";

const NEAR_THE_END = 80;

export class Log {
  #at;
  #channel = null;

  /** `at` as in message.js. */
  constructor(at) {
    this.#at = at;
    this.node = el("div", { class: "log", role: "log", tabindex: "0" });
  }

  /** Show `channel` from its end. */
  open(channel, name) {
    this.#channel = channel;
    this.node.setAttribute("aria-label", `Messages in ${name}`);
    this.redraw();
    this.toEnd();
  }

  /** Draw everything again. */
  redraw() {
    const seen = this.#channel ? this.#at.world.seenBy(this.#at.person, this.#channel) : [];
    const now = new Date();
    const nodes = seen.flatMap((message, index) => [dayLine(message, seen[index - 1], now), messageNode(message, this.#at)]);
    this.node.replaceChildren(...nodes.filter(Boolean));
    if (!seen.length) this.node.append(el("p", { class: "empty" }, "Nothing here yet."));
  }

  /** A message is new or has changed. */
  put(message) {
    const old = this.#nodeOf(message.id);
    if (old) this.#swap(old, message);
    else this.#append(message);
  }

  #swap(old, message) {
    const atEnd = this.#atEnd;
    const key = old.contains(document.activeElement) ? document.activeElement.dataset.key ?? "" : null;
    const fresh = messageNode(message, this.#at);
    old.replaceWith(fresh);
    if (key !== null) (find(fresh, key) ?? this.node).focus({ preventScroll: true });
    if (atEnd) this.toEnd();
  }

  #append(message) {
    const atEnd = this.#atEnd;
    this.node.querySelector(".empty")?.remove();
    const before = this.#at.world.seenBy(this.#at.person, this.#channel).at(-2);
    this.node.append(...[dayLine(message, before, new Date()), messageNode(message, this.#at)].filter(Boolean));
    if (atEnd) this.toEnd();
  }

  /** A message is no more. */
  drop(message) {
    const old = this.#nodeOf(message.id);
    if (old?.contains(document.activeElement)) this.node.focus({ preventScroll: true });
    old?.remove();
    if (!this.node.children.length) this.redraw();
  }

  #nodeOf(id) {
    return this.node.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  get #atEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }
}
