// A message's embeds and components as elements. `at` is where they stand:
// {world, person, message, press(message, customId, values), address(url), opened()}.

import { el } from "./dom.js";
import { line, leaving, prose } from "./prose.js";
import { isSelect, select } from "./select.js";
import { clock } from "./time.js";

const STYLES = { 1: "press first", 2: "press", 3: "press main", 4: "press harm" };
const LINK = 5;
const FAR = 2;
const ROW = 1;
const BUTTON = 2;

/** An embed: title, words, fields, small print. */
export function embed(spec, at) {
  const title = spec.title && line(spec.title, at.world);
  return rimmed(
    el(
      "div",
      { class: "card" },
      spec.author ? el("small", { class: "foot" }, spec.author.name) : null,
      title ? el("h3", {}, spec.url ? el("a", { href: spec.url, target: "_blank", rel: "noopener noreferrer" }, title) : title) : null,
      spec.description ? prose(spec.description, at.world) : null,
      spec.fields?.length ? el("div", { class: "fields" }, spec.fields.map((field) => embedField(field, at))) : null,
      spec.image || spec.thumbnail ? picture({ description: spec.title }) : null,
      small(spec),
    ),
    spec.color,
  );
}

function embedField(field, at) {
  return el("div", { class: field.inline ? null : "broad" }, el("h4", {}, line(field.name, at.world)), prose(field.value, at.world));
}

function small({ footer, timestamp }) {
  const parts = [footer?.text, timestamp && clock(new Date(timestamp))].filter(Boolean);
  return parts.length ? el("small", { class: "foot" }, parts.join(" · ")) : null;
}

/** A card's accent edge. Style attributes are not allowed here; the property is. */
function rimmed(node, colour) {
  if (Number.isInteger(colour)) node.style.setProperty("--rim", `#${colour.toString(16).padStart(6, "0")}`);
  return node;
}

const DRAW = {
  [ROW]: (spec, at) => el("div", { class: "actions" }, spec.components.map((child) => component(child, at))),
  [BUTTON]: button,
  9: (spec, at) =>
    el("div", { class: "section" }, el("div", {}, spec.components.map((child) => component(child, at))), component(spec.accessory, at)),
  10: (spec, at) => prose(spec.content, at.world),
  11: (spec) => picture(spec),
  12: (spec) => el("div", {}, spec.items.map(picture)),
  13: (spec) => picture({ description: spec.name ?? "A file" }),
  14: (spec) => el("hr", { class: [spec.spacing === FAR ? "far" : "", spec.divider === false ? "bare" : ""].join(" ").trim() || null }),
  17: (spec, at) => rimmed(el("div", { class: "card" }, spec.components.map((child) => component(child, at))), spec.accent_color),
};

/** One component and what is in it; one this page does not know says so. */
export function component(spec, at) {
  if (isSelect(spec.type)) return choice(spec, at);
  return DRAW[spec.type]?.(spec, at) ?? el("p", { class: "picture" }, `A component of type ${spec.type}, which this page cannot draw.`);
}

function button(spec, at) {
  const label = [spec.emoji?.name, spec.label].filter(Boolean).join(" ");
  if (spec.style === LINK) {
    const props = { class: "press", href: at.address(spec.url), target: "_blank", rel: "noopener noreferrer", onclick: at.opened };
    return el("a", props, label, leaving());
  }
  const props = { type: "button", class: STYLES[spec.style], disabled: spec.disabled, data: { key: spec.custom_id } };
  const node = el("button", { ...props, onclick: () => busy(node, at.press(at.message, spec.custom_id)) }, label);
  return node;
}

async function busy(node, answer) {
  node.setAttribute("aria-busy", "true");
  await answer;
  node.removeAttribute("aria-busy");
}

function choice(spec, at) {
  const label = spec.placeholder ?? "Choose";
  return select(spec, at.world, { label, done: (values) => at.press(at.message, spec.custom_id, values) }).node;
}

function picture({ description }) {
  return el("p", { class: "picture" }, `Picture: ${description ?? "without a description"}`);
}
