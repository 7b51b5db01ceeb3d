// A list of options, used with the arrow keys, Enter and the pointer while another element (a text box, a select) keeps the focus.

import { splitAtMatch } from "./commands.js";
import { element, uniqueId } from "./dom.js";

export class OptionList {
  #owner;
  #onChosen;
  #items = [];
  #activeIndex = -1;
  #id = uniqueId("list");

  /** `owner` keeps the focus and gets the ARIA attributes; `onChosen(item)` is called for a chosen item. */
  constructor(owner, label, onChosen) {
    this.#owner = owner;
    this.#onChosen = onChosen;
    this.node = element("div", { class: "options", role: "listbox", id: this.#id, "aria-label": label, hidden: true });
    owner.setAttribute("aria-controls", this.#id);
    owner.setAttribute("aria-expanded", "false");
  }

  /** Show `items` ({name, note?, description?, icon?, chosen?}) with the text `typed` in bold and item number `active` highlighted. */
  show(items, { typed = "", active = -1 } = {}) {
    this.#items = items;
    this.node.replaceChildren(...items.map((item, index) => this.#renderOption(item, index, typed)));
    this.node.hidden = items.length === 0;
    this.#owner.setAttribute("aria-expanded", String(items.length > 0));
    this.#highlight(Math.min(active, items.length - 1));
  }

  #renderOption(item, index, typed) {
    const name = splitAtMatch(item.name, typed).map(([text, isMatch]) => (isMatch ? element("b", {}, text) : text));
    return element(
      "div",
      {
        class: "option", role: "option", id: `${this.#id}-${index}`, "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.#onChosen(item),
      },
      item.icon ?? null,
      element("span", { class: "option-name" }, name, item.description ? element("small", {}, item.description) : null),
      item.note ? element("small", {}, item.note) : null,
    );
  }

  get isOpen() {
    return this.#items.length > 0;
  }

  /** The highlighted item. */
  get active() {
    return this.#items[this.#activeIndex];
  }

  close() {
    this.show([]);
  }

  /** Handle arrows, Enter and Escape, and Tab if it `completes` the text. Returns whether the list used the key. */
  handleKey(event, { completes = false } = {}) {
    if (!this.isOpen) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#move(step);
    else if (event.key === "Enter" && this.active) this.#onChosen(this.active);
    else if (completes && event.key === "Tab" && !event.shiftKey) this.#onChosen(this.active ?? this.#items[0]);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #move(step) {
    const from = Math.max(this.#activeIndex, step < 0 ? 0 : -1);
    this.#highlight((from + step + this.#items.length) % this.#items.length);
  }

  #highlight(index) {
    this.#activeIndex = index;
    for (const [position, option] of [...this.node.children].entries()) {
      option.classList.toggle("active", position === index);
      option.setAttribute("aria-selected", String(position === index || Boolean(this.#items[position].chosen)));
    }
    const active = this.node.children[index];
    if (active) this.#owner.setAttribute("aria-activedescendant", active.id);
    else this.#owner.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }
}
