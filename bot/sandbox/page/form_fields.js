// The fields of a modal: texts, selects, radio buttons, checkboxes and files. Each is {node, id, name, value(), isMissing?()}; `value` may
// return a promise.

import { ComponentType, TextInputStyle } from "./discord_types.js";
import { element, uniqueId } from "./dom.js";
import { renderMarkdown } from "./markdown_view.js";
import { createSelect, isSelect } from "./select.js";

/** The field for one component of a modal opened in `channel`. Text between fields has only a node. */
export function createField(spec, discord, channel) {
  if (spec.type === ComponentType.textDisplay) return { node: renderMarkdown(spec.content, discord) };
  const control = spec.type === ComponentType.label ? spec.component : spec;
  const name = spec.label ?? control.label ?? "Answer";
  const field = createControl(control, { name, description: spec.description, from: discord.choosableIn(channel) });
  return { ...field, id: control.custom_id, name };
}

const CONTROLS = Object.freeze({
  [ComponentType.textInput]: createTextInput,
  [ComponentType.radioGroup]: createRadioGroup,
  [ComponentType.checkboxGroup]: createCheckboxGroup,
  [ComponentType.checkbox]: createCheckbox,
  [ComponentType.fileUpload]: createFileUpload,
});

function createControl(control, about) {
  const create = isSelect(control.type) ? createSelectField : CONTROLS[control.type] ?? createUnsupported;
  return create(control, about);
}

function createUnsupported(control) {
  return { node: element("p", { class: "picture" }, `A field of type ${control.type}, which this page can't draw.`), value: () => null };
}

function requiredMark(isRequired) {
  return isRequired ? element("span", { class: "required", "aria-hidden": "true" }, " *") : null;
}

function renderDescription(description) {
  return description ? element("p", { class: "description" }, description) : null;
}

function minimumChoices(control) {
  return control.required === false ? 0 : control.min_values ?? 1;
}

function createTextInput(control, { name, description }) {
  const required = control.required !== false;
  const id = uniqueId("field");
  const props = { class: "text", id, placeholder: control.placeholder, minlength: control.min_length, maxlength: control.max_length, required };
  const isParagraph = control.style === TextInputStyle.paragraph;
  const input = isParagraph ? element("textarea", { ...props, rows: 4 }) : element("input", { ...props, type: "text", autocomplete: "off" });
  input.value = control.value ?? "";
  const label = element("label", { for: id }, name, requiredMark(required));
  return { node: element("div", { class: "field" }, label, renderDescription(description), input), value: () => input.value };
}

function createSelectField(control, { name, description, from }) {
  const select = createSelect(control, from, { label: name });
  const minimum = minimumChoices(control);
  const label = element("label", {}, name, requiredMark(minimum));
  return {
    node: element("div", { class: "field" }, label, renderDescription(description), select.node),
    value: select.values,
    isMissing: () => select.values().length < minimum,
  };
}

function createGroup(control, { name, description }, inputType) {
  const groupName = uniqueId("group");
  const inputs = control.options.map((option) => element("input", { type: inputType, name: groupName, value: option.value, checked: option.default }));
  const minimum = minimumChoices(control);
  const node = element(
    "fieldset",
    { class: "field" },
    element("legend", {}, name, requiredMark(minimum)),
    renderDescription(description),
    control.options.map((option, index) => renderChoice(inputs[index], option)),
  );
  const chosen = () => inputs.filter((input) => input.checked).map((input) => input.value);
  return { node, chosen, isMissing: () => chosen().length < minimum };
}

function renderChoice(input, { label, description }) {
  return element("label", { class: "choice" }, input, element("span", {}, label, description ? element("small", {}, description) : null));
}

function createRadioGroup(control, about) {
  const { node, chosen, isMissing } = createGroup(control, about, "radio");
  return { node, isMissing, value: () => chosen()[0] ?? null };
}

function createCheckboxGroup(control, about) {
  const { node, chosen, isMissing } = createGroup(control, about, "checkbox");
  return { node, isMissing, value: chosen };
}

function createCheckbox(control, { name, description }) {
  const input = element("input", { type: "checkbox", checked: control.default });
  return { node: renderChoice(input, { label: name, description }), value: () => input.checked };
}

/** Files to send, as [{name, data in base64}]. */
function createFileUpload(control, { name, description }) {
  const id = uniqueId("field");
  const minimum = minimumChoices(control);
  const most = control.max_values ?? 1;
  const input = element("input", { type: "file", id, multiple: most > 1 });
  const label = element("label", { for: id }, name, requiredMark(minimum));
  return {
    node: element("div", { class: "field" }, label, renderDescription(description), input),
    value: () => Promise.all([...input.files].map(async (file) => ({ name: file.name, data: await readAsBase64(file) }))),
    isMissing: () => input.files.length < minimum,
  };
}

async function readAsBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
