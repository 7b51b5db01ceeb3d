// Commands as the box needs them: leaves, matches, and a draft of one call. Draws nothing, asks nobody.

const SUBCOMMAND = 1;
const GROUP = 2;
const CHAT_INPUT = 1;
const MANAGE_SERVER = 0x20n;
export const KIND = { text: 3, integer: 4, boolean: 5, user: 6, channel: 7, role: 8, mentionable: 9, number: 10 };

/** Every command `person` may call, as {path: "study now", description, options}. */
export function leaves(commands, person) {
  return commands.filter((command) => (command.type ?? CHAT_INPUT) === CHAT_INPUT && may(person, command)).flatMap((command) => under(command, ""));
}

function may(person, command) {
  const needed = command.default_member_permissions;
  return person.admin || needed === null || needed === undefined || (BigInt(needed) & MANAGE_SERVER) === 0n;
}

function under(node, above) {
  const path = above ? `${above} ${node.name}` : node.name;
  const children = (node.options ?? []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
  if (children.length) return children.flatMap((child) => under(child, path));
  return [{ path, description: node.description, options: node.options ?? [] }];
}

/** The `items` whose `name` contains `text`, those that begin with it first. */
export function matching(text, items, name = (item) => item.name) {
  const wanted = text.toLowerCase();
  const rank = (item) => name(item).toLowerCase().indexOf(wanted);
  return items.filter((item) => rank(item) >= 0).sort((a, b) => Number(rank(a) > 0) - Number(rank(b) > 0));
}

/** `name` cut into [text, whether it is what was typed]. */
export function marked(name, text) {
  const at = text ? name.toLowerCase().indexOf(text.toLowerCase()) : -1;
  if (at < 0) return [[name, false]];
  const end = at + text.length;
  return [[name.slice(0, at), false], [name.slice(at, end), true], [name.slice(end), false]].filter(([part]) => part);
}

/** What a text like "/study now subject:Maths length:25,50" says: {leaf, values}, or null. */
export function spelled(text, all) {
  const typed = text.slice(1);
  const leaf = all.filter(({ path }) => typed === path || typed.startsWith(`${path} `)).sort((a, b) => b.path.length - a.path.length)[0];
  if (!leaf) return null;
  const parts = typed.slice(leaf.path.length).split(/(?:^|\s)([\w-]+):/);
  const values = new Map();
  for (let index = 1; index < parts.length; index += 2) values.set(parts[index], parts[index + 1].trim());
  const rest = parts[0].trim();
  const known = [...values.keys()].every((name) => leaf.options.some((option) => option.name === name));
  return rest || !known ? null : { leaf, values };
}

/** One call in the making: a command, the options filled so far, the one that is open. */
export class Draft {
  filled = new Map();
  open = null;

  constructor(leaf) {
    this.leaf = leaf;
    this.open = this.missing ?? null;
  }

  /** The first required option without a value. */
  get missing() {
    return this.leaf.options.find((option) => option.required && !this.filled.has(option.name));
  }

  /** Options that are neither filled nor open. */
  get others() {
    return this.leaf.options.filter((option) => !this.filled.has(option.name) && option !== this.open);
  }

  /** Open the option called `name`; answers the words it had. */
  reopen(name) {
    this.open = this.leaf.options.find((option) => option.name === name) ?? null;
    const had = this.filled.get(name);
    this.filled.delete(name);
    return had?.label ?? "";
  }

  /** Give the open option `value`, shown as `label`, and go on to the next required one. */
  fill(value, label = String(value)) {
    this.filled.set(this.open.name, { value, label });
    this.open = this.missing ?? null;
  }

  /** {name: value} for the call. */
  get values() {
    return Object.fromEntries([...this.filled].map(([name, { value }]) => [name, value]));
  }
}

/** `text` as a value of `option`, one of its `choices` if it has any: {value, label?} or {failed: words}. */
export function valueOf(option, text, choices) {
  const plain = (name) => name.toLowerCase().replace(/^[@#]/, "");
  const choice = choices.find(({ name, value }) => plain(name) === plain(text) || String(value) === text);
  if (choice) return { value: choice.value, label: choice.name };
  if (choices.length) return { failed: `Choose one of the list for ${option.name}.` };
  return option.type === KIND.text ? { value: text } : numeric(option, Number(text));
}

function numeric(option, number) {
  const { min_value: least = -Infinity, max_value: most = Infinity } = option;
  const whole = option.type === KIND.number || Number.isInteger(number);
  if (whole && number >= least && number <= most) return { value: number };
  const range = Number.isFinite(least) && Number.isFinite(most) ? ` from ${least} to ${most}` : "";
  return { failed: `${option.name} is a ${option.type === KIND.integer ? "whole " : ""}number${range}.` };
}
