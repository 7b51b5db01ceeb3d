// What can be chosen of the server: people, roles, channels, as {name, value}.

import { KIND } from "./commands.js";

const DIRECT = 1;

export const people = (world) => world.stage.people.map(({ id, name }) => ({ name: `@${name}`, value: id }));

export const roles = (world) => world.stage.roles.map(({ id, name }) => ({ name: `@${name}`, value: id }));

/** The server's channels; `types` narrows them. */
export const channels = (world, types = []) =>
  world.stage.channels
    .filter(({ type }) => type !== DIRECT && (!types.length || types.includes(type)))
    .map(({ id, name }) => ({ name: `#${name}`, value: id }));

/** What an option of a command leaves to choose from; nothing where any text will do. */
export function choicesOf(option, world) {
  const kinds = {
    [KIND.user]: () => people(world),
    [KIND.role]: () => roles(world),
    [KIND.mentionable]: () => [...people(world), ...roles(world)],
    [KIND.channel]: () => channels(world, option.channel_types),
    [KIND.boolean]: () => [{ name: "yes", value: true }, { name: "no", value: false }],
  };
  return kinds[option.type]?.() ?? (option.choices ?? []).map(({ name, value }) => ({ name, value }));
}
