// Renders a message's embeds and components.
//
// `context` is {discord, person, channel, message, useComponent(message, customId, values), personalLink(url), onLinkOpened()}.

import { ButtonStyle, ComponentType, SeparatorSpacing } from "./discord_types.js";
import { element } from "./dom.js";
import { createIcon } from "./icons.js";
import { renderInline, renderMarkdown } from "./markdown_view.js";
import { renderFile, renderPicture } from "./media.js";
import { createSelect, isSelect } from "./select.js";
import { formatTime } from "./time.js";

const BUTTON_CLASSES = Object.freeze({
  [ButtonStyle.primary]: "button primary",
  [ButtonStyle.secondary]: "button",
  [ButtonStyle.success]: "button success",
  [ButtonStyle.danger]: "button danger",
});

/** An embed: author, title, description, fields, picture, footer. */
export function renderEmbed(spec, context) {
  const title = spec.title && renderInline(spec.title, context.discord);
  const link = spec.url && { href: spec.url, target: "_blank", rel: "noopener noreferrer" };
  const card = element(
    "div",
    { class: "card" },
    spec.author ? element("small", { class: "footer" }, spec.author.name) : null,
    title ? element("h3", {}, link ? element("a", link, title) : title) : null,
    spec.description ? renderMarkdown(spec.description, context.discord) : null,
    spec.fields?.length ? element("div", { class: "fields" }, spec.fields.map((field) => renderEmbedField(field, context))) : null,
    spec.image || spec.thumbnail ? renderPicture({ media: spec.image ?? spec.thumbnail, description: spec.title }) : null,
    renderFooter(spec),
  );
  return withAccent(card, spec.color);
}

function renderEmbedField({ name, value, inline }, { discord }) {
  return element("div", { class: inline ? null : "full-width" }, element("h4", {}, renderInline(name, discord)), renderMarkdown(value, discord));
}

function renderFooter({ footer, timestamp }) {
  const parts = [footer?.text, timestamp && formatTime(new Date(timestamp))].filter(Boolean);
  return parts.length ? element("small", { class: "footer" }, parts.join(" · ")) : null;
}

/** Give a card its accent colour. The page's policy forbids style attributes, but not this property. */
function withAccent(node, colour) {
  if (Number.isInteger(colour)) node.style.setProperty("--rim", `#${colour.toString(16).padStart(6, "0")}`);
  return node;
}

const RENDERERS = Object.freeze({
  [ComponentType.actionRow]: (spec, context) => element("div", { class: "actions" }, renderAll(spec.components, context)),
  [ComponentType.button]: renderButton,
  [ComponentType.section]: (spec, context) =>
    element("div", { class: "section" }, element("div", {}, renderAll(spec.components, context)), renderComponent(spec.accessory, context)),
  [ComponentType.textDisplay]: (spec, { discord }) => renderMarkdown(spec.content, discord),
  [ComponentType.thumbnail]: (spec) => element("div", { class: "thumbnail" }, renderPicture(spec)),
  [ComponentType.mediaGallery]: (spec) => element("div", { class: "gallery" }, spec.items.map(renderPicture)),
  [ComponentType.file]: (spec) => renderFile({ url: spec.file.url, name: spec.name, size: spec.size }),
  [ComponentType.separator]: (spec) => {
    const classes = [spec.spacing === SeparatorSpacing.large ? "large" : "", spec.divider === false ? "invisible" : ""];
    return element("hr", { class: classes.join(" ").trim() || null });
  },
  [ComponentType.container]: (spec, context) => withAccent(element("div", { class: "card" }, renderAll(spec.components, context)), spec.accent_color),
});

function renderAll(specs, context) {
  return specs.map((spec) => renderComponent(spec, context));
}

/** A component and everything in it. For a type that this page does not support it says so. */
export function renderComponent(spec, context) {
  if (isSelect(spec.type)) return renderSelect(spec, context);
  return RENDERERS[spec.type]?.(spec, context) ?? element("p", { class: "picture" }, `A component of type ${spec.type}, which this page can't draw.`);
}

function renderButton(spec, context) {
  const label = [spec.emoji?.name, spec.label].filter(Boolean).join(" ");
  if (spec.style === ButtonStyle.link) {
    const props = { class: "button", href: context.personalLink(spec.url), target: "_blank", rel: "noopener noreferrer", onclick: context.onLinkOpened };
    return element("a", props, label, createIcon("external", 15));
  }
  const props = { type: "button", class: BUTTON_CLASSES[spec.style], disabled: spec.disabled, data: { key: spec.custom_id } };
  const node = element("button", { ...props, onclick: () => markBusy(node, context.useComponent(context.message, spec.custom_id)) }, label);
  return node;
}

async function markBusy(node, response) {
  node.setAttribute("aria-busy", "true");
  await response;
  node.removeAttribute("aria-busy");
}

function renderSelect(spec, { discord, channel, message, useComponent }) {
  const onChosen = (values) => useComponent(message, spec.custom_id, values);
  return createSelect(spec, discord.choosableIn(channel), { label: spec.placeholder ?? "Choose", onChosen }).node;
}
