// The toast above the call controls: one at a time, the newest on top of those that are not over yet. Each stays until it is
// pressed, closed, timed out or hidden, and is announced once.

import { announce, findElement, setText } from "./dom.js";
import { lifeOf, runLater } from "./screen_life.js";

const USUAL_DURATION_MS = 8_000;

/**
 * @typedef {{ text: string, label?: string, action?: () => unknown, closable?: boolean, durationMs?: number }} ToastContent
 *   `label`: the button's, which also ends the toast; `closable`: whether it has *Close*
 */

export class Toast {
  /** By name, the newest last. @type {Map<string, ToastContent>} */
  #contents = new Map();
  /** By name, how to cancel its timeout. @type {Map<string, () => void>} */
  #timeouts = new Map();

  /** @param {Element} root */
  constructor(root) {
    this.node = findElement(root, "[data-toast]");
  }

  get isShown() {
    return this.#contents.size > 0;
  }

  /** Whether there is a toast with this name, shown or under another. @param {string} name */
  has(name) {
    return this.#contents.has(name);
  }

  /**
   * Show a toast above all others. One that is already there stays where it is, with this content.
   * @param {string} name
   * @param {ToastContent} content
   */
  show(name, content) {
    const isNew = !this.#contents.has(name);
    this.#contents.set(name, content);
    this.#draw();
    if (!isNew) return;
    announce(this.node, content.text);
    const { durationMs = USUAL_DURATION_MS } = content;
    if (durationMs === Infinity) return;
    this.#timeouts.set(name, runLater(lifeOf(this.node), () => this.hide(name), durationMs));
  }

  /** End the toast with this name, if there is one. @param {string} name */
  hide(name) {
    this.#timeouts.get(name)?.();
    this.#timeouts.delete(name);
    if (this.#contents.delete(name)) this.#draw();
  }

  #draw() {
    const newest = [...this.#contents].at(-1);
    this.node.hidden = !newest;
    if (!newest) return;
    const [name, { text, label = "", action, closable = false }] = newest;
    this.node.dataset.toast = name;
    setText(this.node, "[data-toast-text]", text);
    const button = setText(this.node, "[data-toast-button]", label);
    button.hidden = !label;
    button.onclick = () => (this.hide(name), action?.());
    const close = findElement(this.node, "[data-toast-close]");
    close.hidden = !closable;
    close.onclick = () => this.hide(name);
  }
}
