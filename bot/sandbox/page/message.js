// One message in our own chat look, and the log of them.

import { component, embed } from "./card.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { prose } from "./prose.js";
import { clock, day } from "./time.js";

const EPHEMERAL = 64;
const LOADING = 128;
const ADMIN_HUE = 7;

/** A person's face: their letter on their colour; the bot's is the mark. */
export function face(person, world, small = false) {
  const size = small ? 24 : 36;
  if (!person || person.id === world.stage.bot.id) return el("img", { class: "portrait", src: "mark.svg", alt: "", width: size, height: size });
  const { people } = world.stage;
  const index = people.findIndex(({ id }) => id === person.id);
  const hue = people[index]?.admin ? ADMIN_HUE : Math.max(index, 0) % ADMIN_HUE;
  const letter = world.nameOf(person.id)[0].toUpperCase();
  return el("span", { class: `portrait face hue${hue}${small ? " small" : ""}`, "aria-hidden": "true" }, letter);
}

/** The element of one message. `at` as in card.js, and `dismiss(message)`. */
export function messageNode(message, at) {
  const name = at.world.nameOf(message.author.id);
  const when = new Date(message.timestamp);
  const ownOnly = Boolean(message.flags & EPHEMERAL);
  const named = !ownOnly && message.author.id !== at.person.id && (message.mentions ?? []).some(({ id }) => id === at.person.id);
  return el(
    "article",
    {
      class: ["message", ownOnly ? "own-only" : "", named ? "named" : ""].filter(Boolean).join(" "),
      "aria-label": `${name}, ${clock(when)}${ownOnly ? ", only you can see this" : ""}`,
      data: { message: message.id },
    },
    used(message, at.world),
    face(message.author, at.world),
    el("div", { class: "by" }, el("b", {}, name), message.author.bot ? el("span", { class: "tag" }, "APP") : null, el("time", { datetime: message.timestamp }, clock(when))),
    el("div", { class: "body" }, inside(message, { ...at, message })),
    ownOnly ? own(message, at) : null,
  );
}

function used(message, world) {
  const call = message.interaction;
  if (!call?.command) return null;
  const user = world.person(call.user);
  return el("p", { class: "used" }, face(user, world, true), el("span", {}, user?.name ?? "Somebody", " used ", el("b", {}, `/${call.command}`)));
}

function inside(message, at) {
  if (message.failed) return el("p", { class: "failed" }, message.failed);
  if (message.flags & LOADING) return thinking();
  return [
    message.content ? prose(message.content, at.world) : null,
    (message.embeds ?? []).map((spec) => embed(spec, at)),
    (message.components ?? []).map((spec) => component(spec, at)),
    (message.attachments ?? []).map((file) => el("p", { class: "picture" }, `File: ${file.filename}`)),
    message.edited_timestamp && message.content ? el("span", { class: "edited" }, "(edited)") : null,
  ];
}

function thinking() {
  return el("p", { class: "waiting" }, el("i"), el("i"), el("i"), el("span", {}, "thinking"));
}

function own(message, at) {
  const button = el("button", { type: "button", data: { key: `dismiss ${message.id}` }, onclick: () => at.dismiss(message) }, "Dismiss");
  return el("p", { class: "own" }, icon("eye", 15), "Only you can see this", el("span", { "aria-hidden": "true" }, "·"), button);
}

/** A line between two days. */
export function dayLine(message, before, now) {
  const name = day(new Date(message.timestamp), now);
  if (before && day(new Date(before.timestamp), now) === name) return null;
  return el("p", { class: "day" }, name);
}
