// Slash commands for the composer: which there are, which match a text, and a draft of one call. No DOM, no network.

import { CommandType, OptionType } from "./discord_types.js";

/** Every command and subcommand that Discord offers `person` in `channel`, as {path: "study now", description, options}. */
export function availableCommands(commands, person, channel) {
  return offeredCommands(commands, person, channel, CommandType.chatInput).flatMap((command) => subcommands(command, ""));
}

/** The entries of Discord's menu *Apps* on a member that `person` is offered in `channel`. */
export function memberMenuEntries(commands, person, channel) {
  return offeredCommands(commands, person, channel, CommandType.user);
}

function offeredCommands(commands, person, channel, type) {
  const offered = channel.commands[person.id] ?? [];
  return commands.filter((command) => (command.type ?? CommandType.chatInput) === type && offered.includes(command.id));
}

function subcommands(node, parentPath) {
  const path = parentPath ? `${parentPath} ${node.name}` : node.name;
  const children = (node.options ?? []).filter(({ type }) => type === OptionType.subcommand || type === OptionType.subcommandGroup);
  if (children.length) return children.flatMap((child) => subcommands(child, path));
  return [{ path, description: node.description, options: node.options ?? [] }];
}

/** The `items` whose name (from `nameOf`) contains `text`; those that begin with it come first. */
export function filterByText(text, items, nameOf = (item) => item.name) {
  const wanted = text.toLowerCase();
  const position = (item) => nameOf(item).toLowerCase().indexOf(wanted);
  return items.filter((item) => position(item) >= 0).sort((a, b) => Number(position(a) > 0) - Number(position(b) > 0));
}

/** `name` split into [text, whether it matches what was typed]. */
export function splitAtMatch(name, typed) {
  const start = typed ? name.toLowerCase().indexOf(typed.toLowerCase()) : -1;
  if (start < 0) return [[name, false]];
  const end = start + typed.length;
  return [[name.slice(0, start), false], [name.slice(start, end), true], [name.slice(end), false]].filter(([part]) => part);
}

/**
 * Parse "/study now subject:Exam: Maths length:25,50" into {command, values: Map of texts}; null if it is no complete call. Only the name of
 * an option begins a value.
 */
export function parseCall(text, commands) {
  const typed = text.slice(1);
  const matches = commands.filter(({ path }) => typed === path || typed.startsWith(`${path} `));
  const command = matches.sort((a, b) => b.path.length - a.path.length)[0];
  if (!command) return null;
  const names = command.options.map(({ name }) => name).join("|") || "(?!)";
  const [rest, ...parts] = typed.slice(command.path.length).split(new RegExp(`(?:^|\\s)(${names}):`, "u"));
  const values = new Map();
  for (let index = 0; index < parts.length; index += 2) values.set(parts[index], parts[index + 1].trim());
  return rest.trim() ? null : { command, values };
}

/**
 * What is typed, if it ends in the name of one of `options` and a colon, as {value: "Maths", name: "length"}; else null. `value` is what
 * comes before the name.
 */
export function parseNextOption(text, options) {
  const option = options.find(({ name }) => ` ${text}`.endsWith(` ${name}:`));
  return option ? { value: text.slice(0, -`${option.name}:`.length).trim(), name: option.name } : null;
}

/** A draft of a call: a command, the options filled in so far, and the option being filled in. */
export class CommandDraft {
  filled = new Map();
  openOption = null;

  constructor(command) {
    this.command = command;
    this.openOption = this.missingOption ?? null;
  }

  /** The first required option without a value. */
  get missingOption() {
    return this.command.options.find((option) => option.required && !this.filled.has(option.name));
  }

  /** The options that are neither filled in nor open. */
  get remainingOptions() {
    return this.command.options.filter((option) => !this.filled.has(option.name) && option !== this.openOption);
  }

  /** Open the option called `name`, removing its value; returns the value's label. */
  reopenOption(name) {
    this.openOption = this.command.options.find((option) => option.name === name) ?? null;
    const previous = this.filled.get(name);
    this.filled.delete(name);
    return previous?.label ?? "";
  }

  /** Give the open option `value`, shown as `label`, and open the next required one. */
  fillOption(value, label = String(value)) {
    this.filled.set(this.openOption.name, { value, label });
    this.openOption = this.missingOption ?? null;
  }

  /** {name: value} for the call. */
  get values() {
    return Object.fromEntries([...this.filled].map(([name, { value }]) => [name, value]));
  }
}

/** Parse `text` as a value of `option`; if there are `choices`, it must be one. Returns {value, label?} or {failed: text}. */
export function parseValue(option, text, choices) {
  const plainName = (name) => name.toLowerCase().replace(/^[@#]/, "");
  const choice = choices.find(({ name, value }) => plainName(name) === plainName(text) || String(value) === text);
  if (choice) return { value: choice.value, label: choice.name };
  if (choices.length) return { failed: `Choose ${option.name} from the list.` };
  return option.type === OptionType.string ? checkLength(option, text) : checkNumber(option, Number(text));
}

function checkLength({ name, min_length: least = 1, max_length: most = Infinity }, text) {
  if (text && text.length >= least && text.length <= most) return { value: text };
  return { failed: most === Infinity ? `Fill in ${name} first.` : `${name} takes ${least} to ${most} letters.` };
}

function checkNumber(option, number) {
  const { min_value: least = -Infinity, max_value: most = Infinity } = option;
  const isRightKind = option.type === OptionType.number || Number.isInteger(number);
  if (isRightKind && number >= least && number <= most) return { value: number };
  const range = Number.isFinite(least) && Number.isFinite(most) ? ` from ${least} to ${most}` : "";
  return { failed: `${option.name} has to be a ${option.type === OptionType.integer ? "whole " : ""}number${range}.` };
}
