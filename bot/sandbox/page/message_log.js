// The messages of one channel as one person sees them. It stays scrolled to the newest unless the reader has scrolled up.

import { element, findByKey } from "./dom.js";
import { renderDaySeparator, renderMessage } from "./message.js";
import { currentTime } from "./time.js";

const NEAR_END_PX = 80;

export class MessageLog {
  #context;
  #channel = null;

  /** `context` is as in message.js. */
  constructor(context) {
    this.#context = context;
    this.node = element("div", { class: "log", role: "log", tabindex: "0" });
  }

  /** Show the newest messages of `channel`; `name` is for screen readers. */
  open(channel, name) {
    this.#channel = channel;
    this.node.setAttribute("aria-label", `Messages in ${name}`);
    this.redraw();
    this.scrollToEnd();
  }

  get #visible() {
    return this.#channel ? this.#context.discord.visibleMessages(this.#context.person, this.#channel) : [];
  }

  redraw() {
    const messages = this.#visible;
    const now = currentTime();
    this.node.replaceChildren(...messages.flatMap((message, index) => this.#renderWithDay(message, messages[index - 1], now)));
    if (!messages.length) this.node.append(element("p", { class: "empty" }, "Nothing here yet."));
  }

  #renderWithDay(message, before, now) {
    return [renderDaySeparator(message, before, now), renderMessage(message, this.#context)].filter(Boolean);
  }

  /** Show a message that is new or has changed. */
  putMessage(message) {
    const isAtEnd = this.#isAtEnd;
    const existing = this.#findNode(message.id);
    if (existing) this.#replaceNode(existing, message);
    else this.#append(message);
    if (isAtEnd) this.scrollToEnd();
  }

  /** Replace a message's element; the focus stays on the same button, or goes to the log. */
  #replaceNode(existing, message) {
    const focusedKey = existing.contains(document.activeElement) ? document.activeElement.dataset.key ?? "" : null;
    const node = renderMessage(message, this.#context);
    existing.replaceWith(node);
    if (focusedKey !== null) (findByKey(node, focusedKey) ?? this.node).focus({ preventScroll: true });
  }

  #append(message) {
    this.node.querySelector(".empty")?.remove();
    this.node.append(...this.#renderWithDay(message, this.#visible.at(-2), currentTime()));
  }

  removeMessage(message) {
    const node = this.#findNode(message.id);
    if (node?.contains(document.activeElement)) this.node.focus({ preventScroll: true });
    node?.remove();
    if (!this.node.children.length) this.redraw();
  }

  #findNode(id) {
    return this.node.querySelector(`[data-message="${CSS.escape(id)}"]`);
  }

  get #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.node;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  scrollToEnd() {
    this.node.scrollTop = this.node.scrollHeight;
  }
}
