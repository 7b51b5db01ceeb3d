// The toast above the call controls: one at a time, until pressed or timed out, announced once.

import { announce, findElement, setText } from "./dom.js";
import { lifeOf, runLater } from "./screen_life.js";

const USUAL_DURATION_MS = 8_000;

/** @typedef {{ text: string, label: string, action: () => void, durationMs?: number }} ToastContent `label`: the button's */

export class Toast {
  #shownName = "";
  #cancelHiding = () => {};

  /** @param {Element} root */
  constructor(root) {
    this.node = findElement(root, "[data-toast]");
  }

  /** Show a toast in place of any other; does nothing if it is already shown. @param {string} name @param {ToastContent} content */
  show(name, { text, label, action, durationMs = USUAL_DURATION_MS }) {
    if (name === this.#shownName) return;
    this.#cancelHiding();
    this.#shownName = name;
    this.node.hidden = false;
    this.node.dataset.toast = name;
    setText(this.node, "[data-toast-text]", text);
    setText(this.node, "[data-toast-button]", label).onclick = () => (this.hide(name), action());
    announce(this.node, text);
    if (durationMs !== Infinity) this.#cancelHiding = runLater(lifeOf(this.node), () => this.hide(name), durationMs);
  }

  /** Hide the toast if `name` is the one shown. @param {string} name */
  hide(name) {
    if (name !== this.#shownName) return;
    this.#cancelHiding();
    this.#shownName = "";
    this.node.hidden = true;
  }
}
