// Renders one message, and the line between two days.
//
// `context` is as in message_content.js, with dismiss(message).

import { createAvatar } from "./avatar.js";
import { MessageFlag } from "./discord_types.js";
import { element } from "./dom.js";
import { createIcon } from "./icons.js";
import { renderMarkdown } from "./markdown_view.js";
import { renderAttachment } from "./media.js";
import { renderComponent, renderEmbed } from "./message_content.js";
import { formatDay, formatTime } from "./time.js";

/** The element of one message. */
export function renderMessage(message, context) {
  const { discord, person } = context;
  const name = discord.nameOf(message.author.id);
  const time = formatTime(new Date(message.timestamp));
  const isEphemeral = Boolean(message.flags & MessageFlag.ephemeral);
  const isMentioned = !isEphemeral && message.author.id !== person.id && (message.mentions ?? []).some(({ id }) => id === person.id);
  const badge = message.author.bot ? element("span", { class: "tag" }, "APP") : null;
  return element(
    "article",
    {
      class: ["message", isEphemeral ? "ephemeral" : "", isMentioned ? "mentioned" : ""].filter(Boolean).join(" "),
      "aria-label": `${name}, ${time}${isEphemeral ? ", only you can see this" : ""}`,
      data: { message: message.id },
    },
    renderCommandUsed(message, discord),
    createAvatar(message.author, discord),
    element("div", { class: "author" }, element("b", {}, name), badge, element("time", { datetime: message.timestamp }, time)),
    element("div", { class: "body" }, renderBody(message, { ...context, message })),
    isEphemeral ? renderEphemeralNote(message, context) : null,
  );
}

function renderCommandUsed({ interaction }, discord) {
  if (!interaction?.command) return null;
  const user = discord.findPerson(interaction.user);
  const text = element("span", {}, user?.name ?? "Someone", " used ", element("b", {}, `/${interaction.command}`));
  return element("p", { class: "command-used" }, createAvatar(user, discord, { small: true }), text);
}

function renderBody(message, context) {
  if (message.failed) return element("p", { class: "failed" }, message.failed);
  if (message.flags & MessageFlag.loading) return renderThinking();
  return [
    message.content ? renderMarkdown(message.content, context.discord) : null,
    (message.embeds ?? []).map((spec) => renderEmbed(spec, context)),
    (message.components ?? []).map((spec) => renderComponent(spec, context)),
    (message.attachments ?? []).map(renderAttachment),
    message.edited_timestamp && message.content ? element("span", { class: "edited" }, "(edited)") : null,
  ];
}

function renderThinking() {
  return element("p", { class: "thinking" }, element("i"), element("i"), element("i"), element("span", {}, "thinking"));
}

function renderEphemeralNote(message, context) {
  const props = { type: "button", data: { key: `dismiss ${message.id}` }, onclick: () => context.dismiss(message) };
  const separator = element("span", { "aria-hidden": "true" }, "·");
  return element("p", { class: "ephemeral-note" }, createIcon("eye", 15), "Only you can see this", separator, element("button", props, "Dismiss"));
}

/** A line with the day of `message`; null if the message `before` it is of the same day. */
export function renderDaySeparator(message, before, now) {
  const day = formatDay(new Date(message.timestamp), now);
  if (before && formatDay(new Date(before.timestamp), now) === day) return null;
  return element("p", { class: "day" }, day);
}
