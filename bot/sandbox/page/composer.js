// The box at the foot of a channel: messages, commands, options as chips.

import { choicesOf } from "./choices.js";
import { Draft, leaves, spelled, valueOf } from "./commands.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { Suggestions } from "./suggestions.js";

export class Composer {
  #house;
  #draft = null;
  #label = "";
  #input = el("input", { type: "text", role: "combobox", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", autocapitalize: "off" });
  #chips = el("span", { class: "chips" });
  #send = el("button", { class: "icon send", type: "submit", hidden: true }, icon("send", 20));
  #trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  #suggestions;

  /** `house`: {world, person, say(text), call(command, values), complete(values)}. */
  constructor(house) {
    this.#house = house;
    this.#suggestions = new Suggestions(this.#input, house, { take: (item) => this.#take(item), openOption: (name) => this.#openOption(name) });
    this.#input.addEventListener("input", () => this.#typed());
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    const box = el("div", { class: "box" }, icon("slash", 18), this.#chips, this.#input, this.#send);
    this.node = el("form", { class: "composer" }, this.#trouble, box, this.#suggestions.node);
    this.node.addEventListener("submit", (event) => this.#submit(event));
    this.node.addEventListener("focusout", ({ relatedTarget }) => this.node.contains(relatedTarget) || this.#suggestions.close());
  }

  /** Name the box after its channel, and empty it. */
  open(label) {
    this.#label = label;
    this.reset();
  }

  /** Put `text` into the box, as if it had been typed, and go there. */
  prefill(text) {
    this.reset();
    this.#input.value = text;
    this.#input.focus();
    this.#typed();
  }

  /** Empty and closed. */
  reset() {
    this.#draft = null;
    this.#input.value = "";
    this.#say("");
    this.#suggestions.close();
    this.#draw();
  }

  #draw() {
    const draft = this.#draft;
    const open = draft?.open;
    this.#chips.replaceChildren(...(draft ? [el("b", { class: "command" }, `/${draft.leaf.path}`), ...this.#closed(draft)] : []));
    if (open) this.#chips.append(el("span", { class: "opened" }, el("b", {}, open.name)));
    this.#input.placeholder = draft ? "" : this.#label;
    this.#input.setAttribute("aria-label", nameOf(draft) ?? this.#label);
    this.#send.hidden = !draft && !this.#input.value;
    this.#send.setAttribute("aria-label", draft ? `Send /${draft.leaf.path}` : "Send");
  }

  #closed(draft) {
    return [...draft.filled].map(([name, { label }]) => {
      const props = { class: "chip", type: "button", title: "Change", onclick: () => this.#openOption(name) };
      return el("button", props, el("b", {}, name), " ", el("span", {}, label));
    });
  }

  async #suggest() {
    const trouble = await this.#suggestions.show(this.#draft, this.#input.value);
    if (trouble) this.#say(trouble);
  }

  #openOption(name) {
    this.#settle();
    this.#input.value = this.#draft.reopen(name);
    this.#draw();
    this.#input.focus();
    this.#input.select();
    this.#suggest();
  }

  /** Keep what is typed in the open option when it is a value; otherwise let it go. */
  #settle() {
    const text = this.#input.value.trim();
    const value = this.#draft.open && text ? this.#valueOf(this.#draft.open, text) : { failed: "" };
    if (value.failed === undefined) this.#draft.fill(value.value, value.label ?? text);
  }

  #typed() {
    this.#say("");
    const text = this.#input.value;
    if (!this.#draft && /^\/.* $/.test(text)) this.#begin(spelled(text.trim(), this.#leaves)?.leaf);
    else if (this.#draft && !this.#draft.open && this.#draft.others.some(({ name }) => `${name}:` === text)) return this.#named(text);
    this.#draw();
    return this.#suggest();
  }

  /** "subject:" opens that option. */
  #named(text) {
    this.#input.value = "";
    this.#openOption(text.slice(0, -1));
  }

  #valueOf(option, text) {
    return valueOf(option, text, choicesOf(option, this.#house.world));
  }

  #begin(leaf) {
    if (!leaf) return;
    this.#draft = new Draft(leaf);
    this.#input.value = "";
  }

  get #leaves() {
    return leaves(this.#house.world.stage.commands, this.#house.person);
  }

  #take(item) {
    this.#say("");
    if (item.option) return this.#named(`${item.option.name}:`);
    if (item.leaf) this.#begin(item.leaf);
    else this.#draft.fill(item.value, item.name);
    this.#input.value = "";
    this.#draw();
    this.#input.focus();
    return this.#suggest();
  }

  #key(event) {
    if (event.key === "Enter" && this.#whole) return;
    if (event.key === "Escape") this.#escape(event);
    else if (!this.#suggestions.key(event) && event.key === "Backspace" && this.#draft && !this.#input.value) this.#back(event);
  }

  /** A command written out: Enter sends it, unless the arrows have gone to another one. */
  get #whole() {
    const whole = this.#draft ? null : spelled(this.#input.value.trim(), this.#leaves);
    const { leaf } = this.#suggestions.active ?? {};
    return whole && (!leaf || leaf.path === whole.leaf.path) ? whole : null;
  }

  #escape(event) {
    if (this.#suggestions.node.hidden && !this.#draft) return;
    event.preventDefault();
    if (this.#suggestions.node.hidden) this.reset();
    else this.#suggestions.close();
  }

  #back(event) {
    event.preventDefault();
    const { filled, leaf, open } = this.#draft;
    if (open) this.#draft.open = null;
    else if (filled.size) return this.#openOption([...filled.keys()].at(-1));
    else {
      this.#draft = null;
      this.#input.value = `/${leaf.path}`;
    }
    this.#draw();
    return this.#suggest();
  }

  #say(words) {
    this.#trouble.textContent = words;
    this.#trouble.hidden = !words;
  }

  #submit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (this.#whole) return this.#spellOut(this.#whole);
    if (this.#draft) return this.#call();
    if (text.startsWith("/")) return this.#say("There is no such command.");
    if (!text) return undefined;
    this.#house.say(text);
    return this.reset();
  }

  /** A command written out in one go becomes a draft, and is sent. */
  #spellOut({ leaf, values }) {
    this.#begin(leaf);
    for (const [name, text] of values) {
      this.#draft.reopen(name);
      const { value, label, failed } = this.#valueOf(this.#draft.open, text);
      if (failed) return this.#refuse(failed);
      this.#draft.fill(value, label ?? text);
    }
    return this.#call();
  }

  #call() {
    const text = this.#input.value.trim();
    const { open } = this.#draft;
    if (open && text) return this.#fillOpen(open, text);
    if (text) return this.#refuse("There is no such option.");
    if (open && !open.required) this.#draft.open = null;
    if (this.#draft.missing) return this.#refuse(`${this.#draft.missing.name} is needed.`);
    this.#house.call(this.#draft.leaf.path, this.#draft.values);
    return this.reset();
  }

  #refuse(words) {
    this.#draw();
    this.#say(words);
  }

  #fillOpen(option, text) {
    const { value, label, failed } = this.#valueOf(option, text);
    return failed ? this.#refuse(failed) : this.#take({ value, name: label ?? text });
  }
}

function nameOf(draft) {
  if (!draft) return null;
  return draft.open ? `${draft.open.name}, option of /${draft.leaf.path}` : `Options of /${draft.leaf.path}`;
}
