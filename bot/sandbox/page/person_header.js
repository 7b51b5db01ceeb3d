// The header of a person's window: the person, their settings, and a menu to switch to somebody else.

import { createAvatar } from "./avatar.js";
import { element } from "./dom.js";
import { createIcon } from "./icons.js";
import { createMenu } from "./menu.js";

export class PersonHeader {
  #discord;
  #personId;

  /** `onSwitch(person)` puts another person into the window; `onDirectMessages(closed)` closes or opens direct messages. */
  constructor(discord, person, { onSwitch, onDirectMessages }) {
    this.#discord = discord;
    this.#personId = person.id;
    const settings = this.#createSettingsMenu(person, onDirectMessages);
    this.node = element("header", { class: "person-header" }, element("span"), element("div"), settings, this.#createSwitchMenu(person, onSwitch));
    this.draw();
  }

  get #person() {
    return this.#discord.findPerson(this.#personId);
  }

  /** Redraw the avatar and name. The menus stay: one may be open. */
  draw() {
    const person = this.#person;
    const language = new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(person.locale.split("-")[0]);
    const details = [person.admin ? "Admin · Manage Server" : `Student · ${language}`, person.closed && "direct messages closed"];
    const [avatar, name] = this.node.children;
    avatar.replaceWith(createAvatar(person, this.#discord));
    name.replaceWith(element("div", { class: "name" }, element("h2", {}, person.name), element("p", {}, details.filter(Boolean).join(" · "))));
  }

  #createSettingsMenu(person, onDirectMessages) {
    const label = `Settings of ${person.name}`;
    const button = element("button", { class: "icon", type: "button", "aria-label": label, data: { key: "settings" } }, createIcon("more", 18));
    return createMenu(button, label, () => {
      const { closed } = this.#person;
      return [{ name: `${closed ? "Open" : "Close"} direct messages`, onChosen: () => onDirectMessages(!closed) }];
    });
  }

  #createSwitchMenu(person, onSwitch) {
    const props = { class: "plain", type: "button", data: { key: "switch" }, "aria-label": `Switch ${person.name} for someone else` };
    const toItem = (other) => ({
      name: other.name,
      note: other.admin ? "Admin" : "Student",
      icon: createAvatar(other, this.#discord, { small: true }),
      checked: other.id === this.#personId,
      onChosen: () => onSwitch(other),
    });
    return createMenu(element("button", props, "Switch", createIcon("down", 14)), "Show someone else here", () => this.#discord.snapshot.people.map(toItem));
  }
}
