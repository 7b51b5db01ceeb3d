// The people, roles and channels that an option or a select offers, as {name, value}. `from` is what `choosableIn` of the state returns.

import { OptionType } from "./discord_types.js";

export const peopleChoices = (from) => from.people.map(({ id, name }) => ({ name: `@${name}`, value: id }));

export const roleChoices = (from) => from.roles.map(({ id, name }) => ({ name: `@${name}`, value: id }));

export const mentionableChoices = (from) => [...peopleChoices(from), ...roleChoices(from)];

/** The channels; if `types` is not empty, only those of these types. */
export const channelChoices = (from, types = []) =>
  from.channels.filter(({ type }) => !types.length || types.includes(type)).map(({ id, name }) => ({ name: `#${name}`, value: id }));

/** The choices of a command's option; none if any text is allowed. */
export function optionChoices(option, from) {
  const byType = {
    [OptionType.user]: () => peopleChoices(from),
    [OptionType.role]: () => roleChoices(from),
    [OptionType.mentionable]: () => mentionableChoices(from),
    [OptionType.channel]: () => channelChoices(from, option.channel_types),
    [OptionType.boolean]: () => [{ name: "yes", value: true }, { name: "no", value: false }],
  };
  return byType[option.type]?.() ?? (option.choices ?? []).map(({ name, value }) => ({ name, value }));
}
