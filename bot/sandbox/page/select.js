// Discord's selects (strings, users, roles, channels) as a button that opens a list below itself.

import { channels, people, roles } from "./choices.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { List } from "./list.js";

const KINDS = {
  3: (spec) => spec.options.map(({ label, value, description, emoji }) => ({ name: label, value, about: description, sign: emoji?.name })),
  5: (spec, world) => people(world),
  6: (spec, world) => roles(world),
  7: (spec, world) => [...people(world), ...roles(world)],
  8: (spec, world) => channels(world, spec.channel_types),
};
/** Whether a component's `type` is a select. */
export const isSelect = (type) => type in KINDS;

/** A select for `spec`. `done(values)` is called when the reader has chosen. Answers {node, values()}. */
export function select(spec, world, { label, done = () => {} }) {
  const items = KINDS[spec.type](spec, world);
  const many = (spec.max_values ?? 1) > 1;
  let chosen = chosenAtFirst(spec);
  let sent = chosen;
  const words = el("span");
  const button = el(
    "button",
    { type: "button", role: "combobox", "aria-haspopup": "listbox", "aria-label": label, disabled: spec.disabled, data: { key: spec.custom_id } },
    words,
    icon("down"),
  );
  const list = new List(button, label, (item) => take(item.value));
  const show = () => list.fill(shown(items, chosen, many), { active: Math.max(0, items.findIndex((item) => chosen.includes(item.value))) });
  const say = () => {
    const names = items.filter((item) => chosen.includes(item.value)).map((item) => item.name);
    words.textContent = names.join(", ") || spec.placeholder || "Choose";
    words.classList.toggle("hint", names.length === 0);
  };
  const finish = () => {
    list.close();
    if (chosen === sent || chosen.length < (spec.min_values ?? 1)) return;
    sent = chosen;
    done(chosen);
  };
  const take = (value) => {
    chosen = many ? toggled(chosen, value, spec.max_values) : [value];
    say();
    if (many) show();
    else finish();
  };
  button.addEventListener("click", () => (list.shown ? finish() : show()));
  button.addEventListener("keydown", (event) => key(event, list, { show, finish, many }));
  button.addEventListener("blur", () => list.shown && (many ? finish() : list.close()));
  say();
  return { node: el("div", { class: "select" }, button, list.node), values: () => chosen };
}

function chosenAtFirst(spec) {
  if (spec.type === 3) return spec.options.filter((option) => option.default).map((option) => option.value);
  return (spec.default_values ?? []).map(({ id }) => id);
}

function shown(items, chosen, many) {
  return items.map((item) => {
    const on = chosen.includes(item.value);
    return { ...item, chosen: on, sign: item.sign ?? (many && on ? icon("check") : undefined), note: many && on ? "chosen" : undefined };
  });
}

function toggled(chosen, value, most) {
  const without = chosen.filter((one) => one !== value);
  return without.length < chosen.length || chosen.length >= most ? without : [...chosen, value];
}

function key(event, list, { show, finish, many }) {
  if (!list.shown && ["ArrowDown", "ArrowUp"].includes(event.key)) {
    event.preventDefault();
    show();
  } else if (list.shown && many && event.key === "Tab") finish();
  else list.key(event);
}
