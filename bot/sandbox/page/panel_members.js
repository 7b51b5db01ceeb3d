// The panel's members: each with their roles to give and take, and with what a moderator does. Below them, those who are not in the server.

import { createAvatar } from "./avatar.js";
import { element } from "./dom.js";
import { currentTime, formatRelative, formatTime } from "./time.js";

/** The section of the members of `server`. `context` is ServerPanel's. */
export function renderMembers(server, context) {
  const { people } = context.discord.snapshot;
  const members = people.filter(({ id }) => id in server.members);
  const outside = people.filter(({ id }) => !(id in server.members));
  return element(
    "section",
    {},
    element("h3", {}, "Members"),
    members.map((person) => renderMember(server, person, context)),
    outside.length ? renderOutside(server, outside, context) : null,
  );
}

function renderMember(server, person, context) {
  const { discord, section } = context;
  const member = server.members[person.id];
  const title = [createAvatar(person, discord, { small: true }), person.name];
  const note = [...discord.roleNames(server, person.id), member.timed_out_until ? "timed out" : null].filter(Boolean).join(", ");
  return section(
    `${server.id} ${person.id}`,
    title,
    note,
    element("p", { class: "hint" }, `Account made ${sinceThen(member.account_made_at)}, joined ${sinceThen(member.joined_at)}.`),
    renderRoles(server, person, context),
    member.timed_out_until ? element("p", {}, `Timed out until ${formatTime(new Date(member.timed_out_until))}.`) : null,
    renderModeration(person, member, context),
  );
}

function sinceThen(iso) {
  return formatRelative(Date.parse(iso), currentTime().getTime());
}

function renderRoles(server, person, { discord, act }) {
  const roles = discord.snapshot.roles.filter((role) => role.server === server.id && !role.fixed);
  if (!roles.length) return null;
  const has = server.members[person.id].roles;
  const toBox = ({ id, name }) => {
    const change = ({ target }) => act("role", { member: person.id, role: id, given: target.checked });
    const box = element("input", { type: "checkbox", checked: has.includes(id), data: { key: `role ${person.id} ${id}` }, onchange: change });
    return element("label", { class: "choice" }, box, element("span", {}, name));
  };
  return element("fieldset", {}, element("legend", {}, `Roles of ${person.name}`), roles.map(toBox));
}

function renderModeration(person, member, { act, timeoutMinutes }) {
  const button = (name, action, values = {}) =>
    element(
      "button",
      { class: "button", type: "button", "aria-label": `${name}: ${person.name}`, data: { key: `${action} ${person.id}` }, onclick: () => act(action, { member: person.id, ...values }) },
      name,
    );
  const timeout = member.timed_out_until
    ? button("End timeout", "time-out", { minutes: 0 })
    : button(`Time out ${timeoutMinutes} min`, "time-out", { minutes: timeoutMinutes });
  return element("div", { class: "actions" }, timeout, button("Kick", "kick"), button("Ban", "ban"));
}

function renderOutside(server, people, { discord, act, section }) {
  const renderPerson = (person) => {
    const isBanned = server.banned.includes(person.id);
    const [name, action] = isBanned ? ["Unban", "unban"] : ["Let join", "join"];
    const props = { class: "button", type: "button", "aria-label": `${name}: ${person.name}`, data: { key: `outside ${person.id}` } };
    return element(
      "div",
      { class: "row" },
      createAvatar(person, discord, { small: true }),
      element("span", {}, person.name, isBanned ? element("small", {}, " banned") : null),
      element("button", { ...props, onclick: () => act(action, { member: person.id }) }, name),
    );
  };
  return section(`${server.id} outside`, "Not in this server", String(people.length), people.map(renderPerson));
}
