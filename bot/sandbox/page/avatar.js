// The picture beside a name: a person's initial on a colour of their own, or the bot's logo.

import { element } from "./dom.js";

const STUDENT_HUES = 7;
const ADMIN_HUE = 7; // hues count from 0

/** An avatar for `person`; null or the bot's user gives the bot's logo. */
export function createAvatar(person, discord, { small = false } = {}) {
  const size = small ? 24 : 36;
  if (!person || person.id === discord.snapshot.bot.id) return element("img", { class: "portrait", src: "logo.svg", alt: "", width: size, height: size });
  const { people } = discord.snapshot;
  const index = people.findIndex(({ id }) => id === person.id);
  const hue = people[index]?.admin ? ADMIN_HUE : Math.max(index, 0) % STUDENT_HUES;
  const initial = discord.nameOf(person.id)[0].toUpperCase();
  return element("span", { class: `portrait face hue${hue}${small ? " small" : ""}`, "aria-hidden": "true" }, initial);
}
