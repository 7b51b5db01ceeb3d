// The toast above the bar: one at a time, eight seconds or until pressed, spoken once.

import { announce, find, say } from "./dom.js";

const LASTS = 8_000;

/** @typedef {{ words: string, label: string, act: () => void, lasts?: number }} Offer what is said, and its button */

export class Toast {
  #name = "";
  /** @type {number | undefined} */
  #timer;

  /** @param {Element} root */
  constructor(root) {
    this.node = find(root, "[data-toast]");
  }

  /** Show it in place of any other; the same one again is not news. @param {string} name @param {Offer} offer */
  show(name, { words, label, act, lasts = LASTS }) {
    if (name === this.#name) return;
    clearTimeout(this.#timer);
    this.#name = name;
    this.node.hidden = false;
    this.node.dataset.toast = name;
    say(this.node, "[data-toast-words]", words);
    say(this.node, "[data-toast-button]", label).onclick = () => (this.hide(name), act());
    announce(words);
    if (lasts !== Infinity) this.#timer = window.setTimeout(() => this.hide(name), lasts);
  }

  /** @param {string} name */
  hide(name) {
    if (name !== this.#name) return;
    clearTimeout(this.#timer);
    this.#name = "";
    this.node.hidden = true;
  }
}
