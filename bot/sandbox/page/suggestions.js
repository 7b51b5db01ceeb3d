// The list above the box: commands, options, values. Knows what fits what was typed; what is taken is the box's business.

import { choicesOf } from "./choices.js";
import { leaves, matching } from "./commands.js";
import { el } from "./dom.js";
import { List } from "./list.js";

const ASK_AFTER = 120;

export class Suggestions {
  #house;
  #openOption;
  #list;
  #about = el("p");
  #also = el("div", { class: "also" });
  #asked = 0;
  #timer;

  /** `input` keeps the focus; `take(item)` gets {leaf}, {option} or {name, value}; `openOption(name)` a pressed chip. */
  constructor(input, house, { take, openOption }) {
    this.#house = house;
    this.#openOption = openOption;
    this.#list = new List(input, "Suggestions", take);
    this.node = el("div", { class: "suggest", hidden: true }, this.#about, this.#list.node, this.#also);
  }

  /** What fits `text` typed into `draft` (null: no command yet). Answers a promise of trouble in words, if any. */
  async show(draft, text) {
    this.#forget();
    if (!draft) return this.#commands(text);
    const { others, open, leaf } = draft;
    this.#also.replaceChildren(...(others.length ? ["Also ", ...others.map((option) => this.#chip(option))] : []));
    this.#also.hidden = others.length === 0;
    if (open) return this.#values(draft, open, text);
    const found = text ? matching(text, others) : [];
    return this.#fill(`/${leaf.path}`, leaf.description, found.map((option) => ({ name: option.name, about: option.description, option })), text, 0);
  }

  #chip(option) {
    return el("button", { type: "button", title: option.description, onclick: () => this.#openOption(option.name) }, option.name);
  }

  #commands(text) {
    this.#also.hidden = true;
    if (!text.startsWith("/")) return this.close();
    const typed = text.slice(1);
    const found = matching(typed, leaves(this.#house.world.stage.commands, this.#house.person), ({ path }) => path);
    const items = found.map((leaf) => ({ name: `/${leaf.path}`, about: leaf.description, leaf }));
    return this.#fill(this.#house.world.stage.bot.name, "commands", items, typed, 0);
  }

  async #values(draft, option, text) {
    const first = text ? 0 : -1;
    const { name, description } = option;
    if (!option.autocomplete) return this.#fill(name, description, matching(text, choicesOf(option, this.#house.world)), text, first);
    const asked = this.#asked;
    this.#fill(name, description, [], text, first);
    await new Promise((resolve) => (this.#timer = setTimeout(resolve, ASK_AFTER)));
    const { choices = [], failed } = await this.#house.complete({ command: draft.leaf.path, option: name, text, values: draft.values });
    if (asked !== this.#asked) return undefined;
    this.#fill(name, description, choices.map(noted), text, first);
    return failed;
  }

  #fill(name, description, items, typed, active) {
    this.#about.replaceChildren(el("b", {}, name), ` · ${description}`);
    this.#list.fill(items, { typed, active });
    this.node.hidden = false;
  }

  /** Nothing is suggested any more. */
  close() {
    this.#forget();
    this.#list.close();
    this.node.hidden = true;
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  get active() {
    return this.#list.active;
  }

  /** Arrows and Enter; true when the key was the list's. */
  key(event) {
    return this.#list.key(event);
  }
}

/** A choice's name may carry a note after its last " · ". */
function noted({ name, value }) {
  const at = name.lastIndexOf(" · ");
  return at < 0 ? { name, value } : { name: name.slice(0, at), note: name.slice(at + 3), value };
}
