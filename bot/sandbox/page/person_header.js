// The header of a person's window: the person, their settings, and a menu to switch to somebody else.

import { createAvatar } from "./avatar.js";
import { memberMenuEntries } from "./commands.js";
import { element } from "./dom.js";
import { createIcon } from "./icons.js";
import { createMenu } from "./menu.js";

export class PersonHeader {
  #discord;
  #personId;
  #channel;

  /**
   * `onSwitch(person)` puts another person into the window; `onDirectMessages(closed)` closes or opens direct messages;
   * `onMemberMenu(command, member)` uses an entry of the menu *Apps* on a member.
   */
  constructor(discord, person, { onSwitch, onDirectMessages, onMemberMenu }) {
    this.#discord = discord;
    this.#personId = person.id;
    const settings = this.#createSettingsMenu(person, onDirectMessages, onMemberMenu);
    this.node = element("header", { class: "person-header" }, element("span"), element("div"), settings, this.#createSwitchMenu(person, onSwitch));
  }

  get #person() {
    return this.#discord.findPerson(this.#personId);
  }

  /** Redraw the avatar, and the name with what the person is in the server of `channel`. The menus stay: one may be open. */
  draw(channel) {
    this.#channel = channel;
    const person = this.#person;
    const servers = this.#discord.serversOf(person.id);
    const server = servers.find(({ id }) => id === channel.server) ?? servers[0];
    const language = new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(person.locale.split("-")[0]);
    const details = [describeMember(this.#discord, server, person), !person.admin && language, person.closed && "direct messages closed"];
    const [avatar, name] = this.node.children;
    avatar.replaceWith(createAvatar(person, this.#discord));
    name.replaceWith(element("div", { class: "name" }, element("h2", {}, person.name), element("p", {}, details.filter(Boolean).join(" · "))));
  }

  #createSettingsMenu(person, onDirectMessages, onMemberMenu) {
    const label = `Settings of ${person.name}`;
    const button = element("button", { class: "icon", type: "button", "aria-label": label, data: { key: "settings" } }, createIcon("more", 18));
    return createMenu(button, label, () => {
      const { closed } = this.#person;
      const direct = { name: `${closed ? "Open" : "Close"} direct messages`, onChosen: () => onDirectMessages(!closed) };
      return [direct, ...this.#memberMenuItems(onMemberMenu)];
    });
  }

  /** The entries of the menu *Apps* on each member who is in the open channel, if there are some. */
  #memberMenuItems(onMemberMenu) {
    const entries = memberMenuEntries(this.#discord.snapshot.commands, this.#person, this.#channel);
    if (!entries.length) return [];
    const members = this.#channel.readers.map((id) => this.#discord.findPerson(id)).filter(({ id }) => id !== this.#personId);
    const toItem = (member, { name }) => ({
      name,
      note: member.name,
      icon: createAvatar(member, this.#discord, { small: true }),
      onChosen: () => onMemberMenu(name, member),
    });
    return [{ heading: "Apps, on a member" }, ...members.flatMap((member) => entries.map((entry) => toItem(member, entry)))];
  }

  #createSwitchMenu(person, onSwitch) {
    const props = { class: "plain", type: "button", data: { key: "switch" }, "aria-label": `Switch ${person.name} for someone else` };
    const toItem = (other, server) => ({
      name: other.name,
      note: describeMember(this.#discord, server, other),
      icon: createAvatar(other, this.#discord, { small: true }),
      checked: other.id === this.#personId,
      onChosen: () => onSwitch(other),
    });
    const items = () => this.#peopleByServer().flatMap(({ server, people }) => [{ heading: server?.name ?? "In no server" }, ...people.map((other) => toItem(other, server))]);
    return createMenu(element("button", props, "Switch", createIcon("down", 14)), "Show someone else here", items);
  }

  /** Everybody, under the first of their servers; those who are in none at the end. */
  #peopleByServer() {
    const { servers, people } = this.#discord.snapshot;
    const groups = [...servers, undefined].map((server) => ({ server, people: people.filter(({ id }) => this.#discord.serversOf(id)[0] === server) }));
    return groups.filter((group) => group.people.length);
  }
}

/** What `person` is in `server`: their roles, and whether they are timed out. */
function describeMember(discord, server, person) {
  if (!server) return "In no server";
  const roles = discord.roleNames(server, person.id).join(", ");
  const { admin, timed_out_until: timedOut } = server.members[person.id];
  return [admin ? "Admin" : null, roles || (admin ? null : "Student"), timedOut ? "timed out" : null].filter(Boolean).join(" · ");
}
