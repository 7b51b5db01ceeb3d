// The list of channels in a person's window, with dots at those that have unread messages, and a channel's icon and name.

import { createAvatar } from "./avatar.js";
import { element, hiddenText, replaceContent } from "./dom.js";
import { createIcon } from "./icons.js";

export class ChannelList {
  #discord;
  #onChosen;

  /** `onChosen(channel)` is called when a channel is pressed. */
  constructor(discord, onChosen) {
    this.#discord = discord;
    this.#onChosen = onChosen;
    this.node = element("nav", { class: "list" });
  }

  /** Draw the channels of `person`, with `open` as the current one. */
  draw(person, open) {
    const channels = this.#discord.channelsOf(person);
    this.node.setAttribute("aria-label", `Channels of ${person.name}`);
    const renderGroup = (heading, group) => [
      heading,
      group.length ? element("ul", {}, group.map((channel) => element("li", {}, this.#renderChannel(person, channel, channel.id === open.id)))) : null,
    ];
    const renderServer = ({ id, name }) => {
      const inServer = channels.filter(({ server }) => server === id);
      const categories = [...new Set(inServer.map(({ category }) => category).filter(Boolean))];
      return [
        renderGroup(element("h3", {}, name), inServer.filter(({ category }) => !category)),
        categories.map((category) => renderGroup(element("h4", {}, this.#discord.channelName(category)), inServer.filter((each) => each.category === category))),
      ];
    };
    replaceContent(
      this.node,
      this.#discord.serversOf(person.id).map(renderServer),
      renderGroup(element("h3", {}, "Direct messages"), channels.filter(({ direct }) => direct)),
    );
  }

  #renderChannel(person, channel, isOpen) {
    const isUnread = !isOpen && this.#discord.hasUnread(person, channel);
    const props = { type: "button", class: isUnread ? "unread" : null, "aria-current": isOpen ? "page" : null, data: { key: channel.id } };
    return element(
      "button",
      { ...props, onclick: () => this.#onChosen(channel) },
      channelIcon(channel, this.#discord, 17),
      element("span", {}, channelTitle(channel, this.#discord)),
      isUnread ? unreadDot() : null,
    );
  }
}

/** The icon of a channel, `size` pixels wide; of direct messages, the bot's avatar. */
export function channelIcon(channel, discord, size) {
  return channel.direct ? createAvatar(null, discord, { small: true }) : createIcon(channel.locked ? "lock" : "hash", size);
}

/** The name of a channel; of direct messages, the bot's name. */
export function channelTitle(channel, discord) {
  return channel.direct ? discord.snapshot.bot.name : channel.name;
}

/** A dot that says "unread" to screen readers. */
export function unreadDot() {
  return element("span", { class: "dot" }, hiddenText("unread"));
}
