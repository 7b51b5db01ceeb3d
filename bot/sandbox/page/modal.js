// Discord's modals: a dialog over one person's window, the others stay free.

import { el, newId } from "./dom.js";
import { prose } from "./prose.js";
import { isSelect, select } from "./select.js";

const ROW = 1;
const TEXT = 4;
const WORDS = 10;
const LABEL = 18;
const RADIOS = 21;
const BOXES = 22;
const BOX = 23;
const LONG = 2;

/** Show `spec` over `stage` (the rest of the window, made inert). `submit(values)` answers {failed?}; `closed()` when it is gone. */
export function openModal(spec, { world, over, stage, submit, closed }) {
  const fields = spec.components.flatMap((row) => (row.type === ROW ? row.components : [row])).map((one) => field(one, world));
  const title = newId("title");
  const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
  const send = el("button", { class: "press main", type: "submit" }, "Send");
  const before = document.activeElement;
  const close = (event) => {
    event?.preventDefault();
    sheet.remove();
    stage.forEach((node) => (node.inert = false));
    closed(before);
  };
  const answer = async (event) => {
    event.preventDefault();
    const short = fields.find((one) => one.missing?.());
    if (short) return say(trouble, `${short.name} is still empty.`);
    send.disabled = true;
    const { failed } = await submit(Object.fromEntries(fields.filter((one) => one.id).map((one) => [one.id, one.value()])));
    send.disabled = false;
    return failed ? say(trouble, failed) : close();
  };
  const form = el("form", { onsubmit: answer }, el("h3", { id: title }, spec.title), fields.map((one) => one.node), trouble);
  form.append(el("div", { class: "ends" }, el("button", { class: "press", type: "button", onclick: close }, "Cancel"), send));
  const dialog = el("dialog", { open: true, "aria-labelledby": title, onkeydown: (event) => event.key === "Escape" && close(event) }, form);
  const sheet = el("div", { class: "sheet" }, dialog);
  stage.forEach((node) => (node.inert = true));
  over.append(sheet);
  dialog.querySelector("input, textarea, [role=combobox], button")?.focus();
}

function say(node, words) {
  node.textContent = words;
  node.hidden = false;
}

/** {node, id, name, value(), missing?()} of one part of a modal. */
function field(spec, world) {
  if (spec.type === WORDS) return { node: prose(spec.content, world) };
  const control = spec.type === LABEL ? spec.component : spec;
  const name = spec.label ?? control.label ?? "Answer";
  const made = make(control, { name, about: spec.description, world });
  return { ...made, id: control.custom_id, name };
}

function make(control, more) {
  if (isSelect(control.type)) return choosing(control, more);
  return { [TEXT]: typing, [RADIOS]: radios, [BOXES]: boxes, [BOX]: box }[control.type]?.(control, more) ?? unknown(control);
}

function unknown(control) {
  return { node: el("p", { class: "picture" }, `A field of type ${control.type}, which this page cannot draw.`), value: () => null };
}

function labelled(node, { name, about }, { required }) {
  const id = newId("field");
  node.id = id;
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, name, required === false ? null : el("span", { class: "must", "aria-hidden": "true" }, " *")),
    about ? el("p", { class: "about" }, about) : null,
    node,
  );
}

function typing(control, more) {
  const required = control.required !== false;
  const props = {
    class: "text", placeholder: control.placeholder, minlength: control.min_length, maxlength: control.max_length, required,
  };
  const input = control.style === LONG ? el("textarea", { ...props, rows: 4 }) : el("input", { ...props, type: "text", autocomplete: "off" });
  input.value = control.value ?? "";
  return { node: labelled(input, more, { required }), value: () => input.value };
}

function choosing(control, { name, about, world }) {
  const made = select(control, world, { label: name });
  const least = control.required === false ? 0 : control.min_values ?? 1;
  const legend = el("p", { class: "about" }, about ?? "");
  const head = el("label", {}, name, least ? el("span", { class: "must", "aria-hidden": "true" }, " *") : null);
  return {
    node: el("div", { class: "field" }, head, about ? legend : null, made.node),
    value: made.values,
    missing: () => made.values().length < least,
  };
}

function group(control, { name, about }, kind) {
  const shared = newId("group");
  const inputs = control.options.map((option) => el("input", { type: kind, name: shared, value: option.value, checked: option.default }));
  const least = control.required === false ? 0 : control.min_values ?? 1;
  const node = el(
    "fieldset",
    { class: "field" },
    el("legend", {}, name, least ? el("span", { class: "must", "aria-hidden": "true" }, " *") : null),
    about ? el("p", { class: "about" }, about) : null,
    control.options.map((option, index) => choice(inputs[index], option)),
  );
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return { node, chosen, missing: () => chosen().length < least };
}

function choice(input, { label, description }) {
  return el("label", { class: "choice" }, input, el("span", {}, label, description ? el("small", {}, description) : null));
}

function radios(control, more) {
  const { node, chosen, missing } = group(control, more, "radio");
  return { node, missing, value: () => chosen()[0] ?? null };
}

function boxes(control, more) {
  const { node, chosen, missing } = group(control, more, "checkbox");
  return { node, missing, value: chosen };
}

function box(control, { name, about }) {
  const input = el("input", { type: "checkbox", checked: control.default });
  return { node: choice(input, { label: name, description: about }), value: () => input.checked };
}
