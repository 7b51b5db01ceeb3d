// The panel's roles and channels: each can be renamed and deleted, and new ones added.

import { ChannelType } from "./discord_types.js";
import { element } from "./dom.js";

/** The section of the roles and channels of `server`. `context` is ServerPanel's. */
export function renderThings(server, context) {
  const { roles, channels } = context.discord.snapshot;
  const isHere = (thing) => thing.server === server.id;
  const changeable = roles.filter((role) => isHere(role) && !role.fixed);
  return element(
    "section",
    {},
    element("h3", {}, "Roles and channels"),
    context.section(`${server.id} roles`, "Roles", String(changeable.length), changeable.map((role) => renderThing(role, "role", context)), renderAdd("role", server, context)),
    context.section(
      `${server.id} channels`,
      "Channels",
      String(channels.filter(isHere).length),
      channels.filter(isHere).map((channel) => renderThing(channel, channel.type === ChannelType.category ? "category" : "channel", context)),
      renderAdd("channel", server, context),
    ),
  );
}

function renderThing({ id, name }, kind, { act, textBox, forgetText }) {
  const key = `name ${id}`;
  const input = textBox(key, `Name of the ${kind} ${name}`, name);
  const rename = async (event) => {
    event.preventDefault();
    if (await act("rename", { id, name: input.value })) forgetText(key);
  };
  const button = (label, action, props) => element("button", { class: "button", "aria-label": `${label} the ${kind} ${name}`, data: { key: `${action} ${id}` }, ...props }, label);
  return element(
    "form",
    { class: "row", onsubmit: rename },
    input,
    button("Rename", "rename", { type: "submit" }),
    button("Delete", "delete", { type: "button", onclick: () => act("delete", { id }) }),
  );
}

function renderAdd(kind, server, { act, textBox, forgetText }) {
  const key = `add ${kind} ${server.id}`;
  const input = textBox(key, `New ${kind}`);
  const add = async (event) => {
    event.preventDefault();
    if (await act(`add-${kind}`, { name: input.value })) forgetText(key);
  };
  return element("form", { class: "row", onsubmit: add }, input, element("button", { class: "button", type: "submit", data: { key: `button ${key}` } }, `Add ${kind}`));
}
