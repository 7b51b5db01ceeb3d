// A list to choose from by arrows, Enter and pointer, steered by another element (the box, a select).

import { marked } from "./commands.js";
import { el, newId } from "./dom.js";

export class List {
  #steer;
  #take;
  #items = [];
  #active = -1;
  #id = newId("list");

  /** `steer` keeps the focus; `take` is called with the item that was chosen. */
  constructor(steer, label, take) {
    this.#steer = steer;
    this.#take = take;
    this.node = el("div", { class: "options", role: "listbox", id: this.#id, "aria-label": label, hidden: true });
    steer.setAttribute("aria-controls", this.#id);
    steer.setAttribute("aria-expanded", "false");
  }

  /** Show `items` ({name, note?, about?, chosen?}), with what was typed in bold and `active` under the cursor. */
  fill(items, { typed = "", active = -1 } = {}) {
    this.#items = items;
    this.node.replaceChildren(...items.map((item, index) => this.#option(item, index, typed)));
    this.node.hidden = items.length === 0;
    this.#steer.setAttribute("aria-expanded", String(items.length > 0));
    this.#point(Math.min(active, items.length - 1));
  }

  #option(item, index, typed) {
    const said = marked(item.name, typed).map(([text, hit]) => (hit ? el("b", {}, text) : text));
    return el(
      "div",
      {
        class: "option", role: "option", id: `${this.#id}-${index}`, "aria-selected": "false",
        onpointerdown: (event) => event.preventDefault(),
        onclick: () => this.#take(item),
      },
      item.sign ?? null,
      el("span", { class: "said" }, said, item.about ? el("small", {}, item.about) : null),
      item.note ? el("small", {}, item.note) : null,
    );
  }

  get shown() {
    return this.#items.length > 0;
  }

  /** What is under the cursor. */
  get active() {
    return this.#items[this.#active];
  }

  close() {
    this.fill([]);
  }

  /** Arrows and Enter; true when the key was the list's. */
  key(event) {
    if (!this.shown) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) this.#point((Math.max(this.#active, step < 0 ? 0 : -1) + step + this.#items.length) % this.#items.length);
    else if (event.key === "Enter" && this.active) this.#take(this.active);
    else if (event.key === "Escape") this.close();
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }

  #point(index) {
    this.#active = index;
    for (const [at, option] of [...this.node.children].entries()) {
      option.classList.toggle("active", at === index);
      option.setAttribute("aria-selected", String(at === index || Boolean(this.#items[at].chosen)));
    }
    const active = this.node.children[index];
    if (active) this.#steer.setAttribute("aria-activedescendant", active.id);
    else this.#steer.removeAttribute("aria-activedescendant");
    active?.scrollIntoView({ block: "nearest" });
  }
}
