// The text box below a channel: writes messages and commands, with a command's options as chips.

import { optionChoices } from "./choices.js";
import { CommandDraft, availableCommands, parseCall, parseNextOption, parseValue } from "./commands.js";
import { element, showText } from "./dom.js";
import { createIcon } from "./icons.js";
import { Suggestions } from "./suggestions.js";

const INPUT_PROPS = Object.freeze({
  type: "text", role: "combobox", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", autocapitalize: "off",
});

const NO_SUCH_OPTION = "This command has no such option.";

export class Composer {
  #context;
  #draft = null;
  #label = "";
  #input = element("input", INPUT_PROPS);
  #chips = element("span", { class: "chips" });
  #sendButton = element("button", { class: "icon send", type: "submit", hidden: true }, createIcon("send", 20));
  #problem = element("p", { class: "problem", role: "alert", hidden: true });
  #suggestions;

  /** `context`: {discord, person, channel, postMessage(text), callCommand(path, values), autocomplete(query)}. */
  constructor(context) {
    this.#context = context;
    this.#suggestions = new Suggestions(this.#input, context, {
      onChosen: (item) => this.#applySuggestion(item),
      onOptionPressed: (name) => this.#openOption(name),
    });
    this.#input.addEventListener("input", () => this.#handleInput());
    this.#input.addEventListener("keydown", (event) => this.#handleKey(event));
    const box = element("div", { class: "box" }, createIcon("command", 18), this.#chips, this.#input, this.#sendButton);
    this.node = element("form", { class: "composer" }, this.#problem, box, this.#suggestions.node);
    this.node.addEventListener("submit", (event) => this.#handleSubmit(event));
    this.node.addEventListener("focusout", ({ relatedTarget }) => this.node.contains(relatedTarget) || this.#suggestions.close());
  }

  /** Empty the box and label it for another channel. */
  open(label) {
    this.#label = label;
    this.reset();
  }

  /** Put `text` into the box as if it had been typed, and focus it. */
  prefill(text) {
    this.reset();
    this.#input.value = text;
    this.#input.focus();
    this.#handleInput();
  }

  /** Empty the box and close the suggestions. */
  reset() {
    this.#draft = null;
    this.#input.value = "";
    this.#showProblem("");
    this.#suggestions.close();
    this.#draw();
  }

  #draw() {
    const draft = this.#draft;
    const open = draft?.openOption;
    this.#chips.replaceChildren(...(draft ? [element("b", { class: "command" }, `/${draft.command.path}`), ...this.#renderChips(draft)] : []));
    if (open) this.#chips.append(element("span", { class: "open-option" }, element("b", {}, open.name)));
    this.#input.placeholder = draft ? "" : this.#label;
    this.#input.setAttribute("aria-label", inputLabel(draft) ?? this.#label);
    this.#sendButton.hidden = !draft && !this.#input.value;
    this.#sendButton.setAttribute("aria-label", draft ? `Send /${draft.command.path}` : "Send");
  }

  #renderChips(draft) {
    return [...draft.filled].map(([name, { label }]) => {
      const props = { class: "chip", type: "button", title: "Change", onclick: () => this.#openOption(name) };
      return element("button", props, element("b", {}, name), " ", element("span", {}, label));
    });
  }

  #showProblem(text) {
    showText(this.#problem, text);
  }

  #refuse(text) {
    this.#draw();
    this.#showProblem(text);
  }

  async #suggest() {
    const problem = await this.#suggestions.show(this.#draft, this.#input.value);
    if (problem) this.#showProblem(problem);
  }

  // --- writing a command ---

  get #commands() {
    const { discord, person, channel } = this.#context;
    return availableCommands(discord.snapshot.commands, person, channel);
  }

  #startDraft(command) {
    if (!command) return;
    this.#draft = new CommandDraft(command);
    this.#input.value = "";
  }

  #parseValue(option, text) {
    const { discord, channel } = this.#context;
    return parseValue(option, text, optionChoices(option, discord.choosableIn(channel)));
  }

  #openOption(name) {
    this.#fillIfValid();
    this.#input.value = this.#draft.reopenOption(name);
    this.#draw();
    this.#input.focus();
    this.#input.select();
    this.#suggest();
  }

  /** Fill the open option with the typed text if it is valid; otherwise the text is dropped. */
  #fillIfValid() {
    const text = this.#input.value.trim();
    const open = this.#draft.openOption;
    const { value, label, failed } = open && text ? this.#parseValue(open, text) : { failed: "" };
    if (failed === undefined) this.#draft.fillOption(value, label ?? text);
  }

  #applySuggestion(item) {
    this.#showProblem("");
    if (item.option) return this.#openNextOption({ value: "", name: item.option.name });
    if (item.command) this.#startDraft(item.command);
    else this.#draft.fillOption(item.value, item.name);
    this.#input.value = "";
    this.#draw();
    this.#input.focus();
    return this.#suggest();
  }

  /**
   * A complete call that is typed as text, also in place of a command that was begun, unless the arrow keys have moved to the suggestion
   * of another command.
   */
  get #typedCall() {
    const call = parseCall(this.#input.value.trim(), this.#commands);
    const { command } = this.#suggestions.active ?? {};
    return call && (!command || command.path === call.command.path) ? call : null;
  }

  // --- typing and keys ---

  #handleInput() {
    this.#showProblem("");
    const text = this.#input.value;
    const draft = this.#draft;
    if (/^\/.* $/.test(text)) this.#startDraft(parseCall(text.trim(), this.#commands)?.command);
    const next = draft && parseNextOption(text, draft.remainingOptions);
    if (next && (draft.openOption || !next.value)) return this.#openNextOption(next);
    this.#draw();
    return this.#suggest();
  }

  /** Open the option called `name`; `value` is what was typed before it, for the option that is open now. */
  #openNextOption({ value, name }) {
    const open = this.#draft.openOption;
    const { failed } = open && value ? this.#parseValue(open, value) : {};
    if (failed) return this.#refuse(failed);
    this.#input.value = value;
    return this.#openOption(name);
  }

  #handleKey(event) {
    if (event.key === "Enter" && this.#typedCall) return;
    if (event.key === "Escape") this.#handleEscape(event);
    else if (!this.#suggestions.handleKey(event) && event.key === "Backspace" && this.#draft && !this.#input.value) this.#stepBack(event);
  }

  #handleEscape(event) {
    if (this.#suggestions.node.hidden && !this.#draft) return;
    event.preventDefault();
    if (this.#suggestions.node.hidden) this.reset();
    else this.#suggestions.close();
  }

  /** Backspace in an empty box: close the open option, else reopen the last one, else turn the command into text. */
  #stepBack(event) {
    event.preventDefault();
    const { filled, command, openOption } = this.#draft;
    if (openOption) this.#draft.openOption = null;
    else if (filled.size) return this.#openOption([...filled.keys()].at(-1));
    else {
      this.#draft = null;
      this.#input.value = `/${command.path}`;
    }
    this.#draw();
    return this.#suggest();
  }

  // --- sending ---

  #handleSubmit(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    const typedCall = this.#typedCall;
    if (typedCall) return this.#sendTypedCall(typedCall);
    if (this.#draft) return this.#sendDraft();
    if (text.startsWith("/")) return this.#showProblem(this.#whyNoCall(text));
    if (!text) return undefined;
    this.#context.postMessage(text);
    return this.reset();
  }

  #whyNoCall(text) {
    const hasCommand = this.#commands.some(({ path }) => text.startsWith(`/${path} `));
    return hasCommand ? NO_SUCH_OPTION : "There's no command like that here. Type / to see them all.";
  }

  /** Turn a call that is typed as text into a draft and send it. If a value is wrong, the text stays, to be corrected. */
  #sendTypedCall({ command, values }) {
    const draft = new CommandDraft(command);
    this.#draft = null;
    for (const [name, text] of values) {
      draft.reopenOption(name);
      const { value, label, failed } = this.#parseValue(draft.openOption, text);
      if (failed) return this.#refuse(failed);
      draft.fillOption(value, label ?? text);
    }
    this.#draft = draft;
    this.#input.value = "";
    return this.#sendDraft();
  }

  #sendDraft() {
    const text = this.#input.value.trim();
    const open = this.#draft.openOption;
    if (open && text) return this.#fillOpenOption(open, text);
    if (text) return this.#refuse(NO_SUCH_OPTION);
    if (open && !open.required) this.#draft.openOption = null;
    if (this.#draft.missingOption) return this.#refuse(`Fill in ${this.#draft.missingOption.name} first.`);
    this.#context.callCommand(this.#draft.command.path, this.#draft.values);
    return this.reset();
  }

  #fillOpenOption(option, text) {
    const { value, label, failed } = this.#parseValue(option, text);
    return failed ? this.#refuse(failed) : this.#applySuggestion({ value, name: label ?? text });
  }
}

function inputLabel(draft) {
  if (!draft) return null;
  return draft.openOption ? `${draft.openOption.name}, option of /${draft.command.path}` : `Options of /${draft.command.path}`;
}
