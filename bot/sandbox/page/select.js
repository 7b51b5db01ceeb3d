// Discord's selects (strings, users, roles, channels): a button that opens a list below itself.

import { channelChoices, mentionableChoices, peopleChoices, roleChoices } from "./choices.js";
import { ComponentType } from "./discord_types.js";
import { element } from "./dom.js";
import { createIcon } from "./icons.js";
import { OptionList } from "./option_list.js";

const ITEMS_BY_TYPE = Object.freeze({
  [ComponentType.stringSelect]: (spec) =>
    spec.options.map(({ label, value, description, emoji }) => ({ name: label, value, description, icon: emoji?.name })),
  [ComponentType.userSelect]: (spec, from) => peopleChoices(from),
  [ComponentType.roleSelect]: (spec, from) => roleChoices(from),
  [ComponentType.mentionableSelect]: (spec, from) => mentionableChoices(from),
  [ComponentType.channelSelect]: (spec, from) => channelChoices(from, spec.channel_types),
});

/** Whether a component's `type` is a select. */
export const isSelect = (type) => type in ITEMS_BY_TYPE;

/** A select for `spec` that chooses `from` what its channel has, as `choosableIn` returns it. Calls `onChosen(values)` when a new choice is complete. Returns {node, values()}. */
export function createSelect(spec, from, { label, onChosen = () => {} }) {
  const items = ITEMS_BY_TYPE[spec.type](spec, from);
  const multiple = (spec.max_values ?? 1) > 1;
  let chosen = initialValues(spec);
  let reported = chosen;
  const text = element("span");
  const props = { type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-label": label, disabled: spec.disabled };
  const button = element("button", { ...props, data: { key: spec.custom_id } }, text, createIcon("down"));
  const list = new OptionList(button, label, (item) => choose(item.value));
  const open = () => list.show(withMarks(items, chosen, multiple), { active: Math.max(0, items.findIndex((item) => chosen.includes(item.value))) });
  const updateText = () => {
    const names = items.filter((item) => chosen.includes(item.value)).map((item) => item.name);
    text.textContent = names.join(", ") || spec.placeholder || "Choose";
    text.classList.toggle("hint", names.length === 0);
  };
  const finish = () => {
    list.close();
    if (haveSameValues(chosen, reported) || chosen.length < (spec.min_values ?? 1)) return;
    reported = chosen;
    onChosen(chosen);
  };
  const choose = (value) => {
    if (multiple) chosen = toggleValue(chosen, value, spec.max_values);
    else chosen = chosen.includes(value) && mayBeEmpty(spec) ? [] : [value];
    updateText();
    if (multiple) open();
    else finish();
  };
  button.addEventListener("click", () => (list.isOpen ? finish() : open()));
  button.addEventListener("keydown", (event) => handleKey(event, list, { open, finish, multiple }));
  button.addEventListener("blur", () => list.isOpen && (multiple ? finish() : list.close()));
  updateText();
  return { node: element("div", { class: "select" }, button, list.node), values: () => chosen };
}

function initialValues(spec) {
  if (spec.type === ComponentType.stringSelect) return spec.options.filter((option) => option.default).map((option) => option.value);
  return (spec.default_values ?? []).map(({ id }) => id);
}

function mayBeEmpty(spec) {
  return spec.min_values === 0 || spec.required === false;
}

/** Whether two choices are alike; Discord does not send one that changes nothing. */
function haveSameValues(one, other) {
  return one.length === other.length && one.every((value) => other.includes(value));
}

/** The items with those that are chosen marked. */
function withMarks(items, chosen, multiple) {
  return items.map((item) => {
    const isChosen = chosen.includes(item.value);
    const isMarked = multiple && isChosen;
    return { ...item, chosen: isChosen, icon: item.icon ?? (isMarked ? createIcon("check") : undefined), note: isMarked ? "chosen" : undefined };
  });
}

/** `chosen` with `value` added or removed; unchanged if it is full. */
function toggleValue(chosen, value, most) {
  const without = chosen.filter((each) => each !== value);
  return without.length < chosen.length || chosen.length >= most ? without : [...chosen, value];
}

function handleKey(event, list, { open, finish, multiple }) {
  if (!list.isOpen && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    open();
  } else if (list.isOpen && multiple && event.key === "Tab") finish();
  else list.handleKey(event);
}
