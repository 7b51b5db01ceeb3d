// The people, roles and channels of the server that an option or a select offers, as {name, value}.

import { ChannelType, OptionType } from "./discord_types.js";

export const peopleChoices = (discord) => discord.snapshot.people.map(({ id, name }) => ({ name: `@${name}`, value: id }));

export const roleChoices = (discord) => discord.snapshot.roles.map(({ id, name }) => ({ name: `@${name}`, value: id }));

export const mentionableChoices = (discord) => [...peopleChoices(discord), ...roleChoices(discord)];

/** The server's channels; if `types` is not empty, only those of these types. */
export const channelChoices = (discord, types = []) =>
  discord.snapshot.channels
    .filter(({ type }) => type !== ChannelType.direct && (!types.length || types.includes(type)))
    .map(({ id, name }) => ({ name: `#${name}`, value: id }));

/** The choices of a command's option; none if any text is allowed. */
export function optionChoices(option, discord) {
  const byType = {
    [OptionType.user]: () => peopleChoices(discord),
    [OptionType.role]: () => roleChoices(discord),
    [OptionType.mentionable]: () => mentionableChoices(discord),
    [OptionType.channel]: () => channelChoices(discord, option.channel_types),
    [OptionType.boolean]: () => [{ name: "yes", value: true }, { name: "no", value: false }],
  };
  return byType[option.type]?.() ?? (option.choices ?? []).map(({ name, value }) => ({ name, value }));
}
