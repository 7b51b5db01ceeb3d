// The list above the composer: commands, options and values that match what was typed. The composer applies what is chosen.

import { optionChoices } from "./choices.js";
import { availableCommands, filterByText } from "./commands.js";
import { element } from "./dom.js";
import { OptionList } from "./option_list.js";

const REQUEST_AFTER_MS = 120;
const NOTE_SEPARATOR = " · ";

export class Suggestions {
  #context;
  #onOptionPressed;
  #list;
  #heading = element("p");
  #otherOptions = element("div", { class: "other-options" });
  #requestNumber = 0;
  #timer;

  /**
   * `input` keeps the focus. `onChosen(item)` gets {command}, {option} or {name, value}; `onOptionPressed(name)` is called for an option
   * below the list.
   */
  constructor(input, context, { onChosen, onOptionPressed }) {
    this.#context = context;
    this.#onOptionPressed = onOptionPressed;
    this.#list = new OptionList(input, "Suggestions", onChosen);
    this.node = element("div", { class: "suggestions", hidden: true }, this.#heading, this.#list.node, this.#otherOptions);
  }

  /** Show what matches `text`, typed into `draft` (null: no command yet). Resolves to the bot's failure as text, if any. */
  async show(draft, text) {
    this.#cancelRequest();
    if (!draft) return this.#showCommands(text);
    const { remainingOptions, openOption, command } = draft;
    this.#showOtherOptions(remainingOptions);
    if (openOption) return this.#showValues(draft, openOption, text);
    const matches = text ? filterByText(text, remainingOptions) : [];
    const items = matches.map((option) => ({ name: option.name, description: option.description, option }));
    return this.#showItems(`/${command.path}`, command.description, items, text, 0);
  }

  #showOtherOptions(options) {
    this.#otherOptions.replaceChildren(...(options.length ? ["Also ", ...options.map((option) => this.#renderOption(option))] : []));
    this.#otherOptions.hidden = options.length === 0;
  }

  #renderOption({ name, description }) {
    return element("button", { type: "button", title: description, onclick: () => this.#onOptionPressed(name) }, name);
  }

  #showCommands(text) {
    this.#otherOptions.hidden = true;
    if (!text.startsWith("/")) return this.close();
    const { discord, person, channel } = this.#context;
    const typed = text.slice(1);
    const matches = filterByText(typed, availableCommands(discord.snapshot.commands, person, channel), ({ path }) => path);
    const items = matches.map((command) => ({ name: `/${command.path}`, description: command.description, command }));
    return this.#showItems(discord.snapshot.bot.name, "commands", items, typed, 0);
  }

  async #showValues(draft, option, text) {
    const active = text ? 0 : -1;
    const { name, description } = option;
    const { discord, channel } = this.#context;
    if (!option.autocomplete) {
      const choices = filterByText(text, optionChoices(option, discord.choosableIn(channel)));
      return this.#showItems(name, description, choices, text, active);
    }
    const request = this.#requestNumber;
    this.#showItems(name, description, [], text, active);
    await new Promise((resolve) => (this.#timer = setTimeout(resolve, REQUEST_AFTER_MS)));
    const query = { command: draft.command.path, option: name, text, values: draft.values };
    const { choices = [], failed } = await this.#context.autocomplete(query);
    if (request !== this.#requestNumber) return undefined;
    this.#showItems(name, description, choices.map(splitNote), text, active);
    return failed;
  }

  #showItems(name, description, items, typed, active) {
    this.#heading.replaceChildren(element("b", {}, name), ` · ${description}`);
    this.#list.show(items, { typed, active });
    this.node.hidden = false;
  }

  close() {
    this.#cancelRequest();
    this.#list.close();
    this.node.hidden = true;
  }

  /** Ignore the answer to the current request, if there is one. */
  #cancelRequest() {
    clearTimeout(this.#timer);
    this.#requestNumber += 1;
  }

  /** The highlighted item. */
  get active() {
    return this.#list.active;
  }

  /** Handle arrows, Enter, Tab and Escape. Returns whether the list used the key. */
  handleKey(event) {
    return this.#list.handleKey(event, { completes: true });
  }
}

/** Split a note off a choice's name: it follows the last " · ". */
function splitNote({ name, value }) {
  const position = name.lastIndexOf(NOTE_SEPARATOR);
  return position < 0 ? { name, value } : { name: name.slice(0, position), note: name.slice(position + NOTE_SEPARATOR.length), value };
}
