// One person's window: header, list of channels, and the open channel with its messages and composer.

import { ChannelList, channelIcon, channelTitle } from "./channel_list.js";
import { Composer } from "./composer.js";
import { element, replaceContent } from "./dom.js";
import { MessageLog } from "./message_log.js";
import { openModal } from "./modal.js";
import { PersonActions } from "./person_actions.js";
import { PersonHeader } from "./person_header.js";

export class PersonWindow {
  #discord;
  #callbacks;
  #actions;
  #header;
  #channelList;
  #channelHeader = element("header");
  #channel;
  #content;

  /**
   * `callbacks`: {onSwitch(person): show another person in this window, onLinkOpened(person), lastChannelId(person),
   * onChannelOpened(person, channel)}.
   */
  constructor(discord, person, callbacks) {
    this.#discord = discord;
    this.#callbacks = callbacks;
    this.personId = person.id;
    this.#actions = new PersonActions(discord, person.id, (modal) => this.#openForm(modal));
    this.#header = new PersonHeader(discord, person, {
      onSwitch: callbacks.onSwitch,
      onDirectMessages: (closed) => this.#actions.setDirectMessages(this.#channel, closed),
      onMemberMenu: (command, member) => this.#actions.useMemberMenu(this.#channel, command, member),
    });
    this.#channelList = new ChannelList(discord, (channel) => this.openChannel(channel));
    const context = this.#createContext();
    this.log = new MessageLog(context);
    this.composer = new Composer(context);
    const channel = element("div", { class: "channel" }, this.#channelHeader, this.log.node, this.composer.node);
    this.#content = element("div", { class: "content" }, this.#channelList.node, channel);
    this.node = element("section", { class: "person-window", "aria-label": person.name, data: { person: person.key } }, this.#header.node, this.#content);
    this.openChannel(this.#initialChannel());
  }

  get person() {
    return this.#discord.findPerson(this.personId);
  }

  /** The context that messages and the composer get from this window. */
  #createContext() {
    const getPerson = () => this.person;
    const getChannel = () => this.#channel;
    return {
      discord: this.#discord,
      get person() {
        return getPerson();
      },
      get channel() {
        return getChannel();
      },
      useComponent: (message, customId, values) => this.#actions.useComponent(message, customId, values),
      dismiss: (message) => this.#actions.dismiss(message),
      personalLink: (url) => personalLink(url, this.#discord.snapshot.web, this.person),
      onLinkOpened: () => this.#callbacks.onLinkOpened(this.person),
      postMessage: (text) => this.#actions.postMessage(this.#channel, text),
      callCommand: (command, values) => this.#actions.callCommand(this.#channel, command, values),
      autocomplete: (query) => this.#actions.autocomplete(this.#channel, query),
    };
  }

  #initialChannel() {
    const channels = this.#discord.channelsOf(this.person);
    return channels.find(({ id }) => id === this.#callbacks.lastChannelId(this.person)) ?? channels[0];
  }

  /** Show `channel`. */
  openChannel(channel) {
    this.#channel = channel;
    this.#callbacks.onChannelOpened(this.person, channel);
    this.log.open(channel, channel.direct ? `direct messages of ${this.person.name}` : `#${channel.name}, ${this.person.name}`);
    this.composer.open(channel.direct ? "Type / for commands" : `Message #${channel.name}, or type /`);
    this.#markRead();
    this.#header.draw(channel);
    this.#drawChannelHeader();
  }

  /** People, channels or commands have changed. */
  handleSnapshot() {
    const current = this.#discord.channelsOf(this.person).find(({ id }) => id === this.#channel.id);
    if (!current) return this.openChannel(this.#initialChannel());
    this.#channel = current;
    this.#header.draw(current);
    this.#drawChannelHeader();
    return this.#drawChannelList();
  }

  /** All messages were sent again. */
  handleAllMessages() {
    this.log.redraw();
    this.log.scrollToEnd();
    this.#markRead();
  }

  /** A message is new or has changed. */
  handleMessage(message) {
    if (this.#isShown(message)) this.log.putMessage(message);
    this.#markRead();
  }

  /** A message was removed. */
  handleGone(message) {
    if (this.#isShown(message)) this.log.removeMessage(message);
    this.#markRead();
  }

  #isShown(message) {
    return message.channel_id === this.#channel.id && this.#discord.canSee(this.person, message);
  }

  /** Mark the open channel as read, unless this window is behind a tab. */
  #markRead() {
    if (!this.node?.closest("[hidden]")) this.#discord.markRead(this.person, this.#channel);
    this.#drawChannelList();
  }

  /** The tab with this window was opened. */
  handleShown() {
    this.log.scrollToEnd();
    this.#markRead();
  }

  #drawChannelHeader() {
    const { topic } = this.#channel;
    const title = element("h3", {}, channelTitle(this.#channel, this.#discord));
    replaceContent(this.#channelHeader, channelIcon(this.#channel, this.#discord, 18), title, topic ? element("p", { title: topic }, topic) : null);
  }

  #drawChannelList() {
    this.#channelList.draw(this.person, this.#channel);
  }

  /** Whether any of this person's channels has unread messages. */
  get hasUnread() {
    return this.#discord.channelsOf(this.person).some((channel) => this.#discord.hasUnread(this.person, channel));
  }

  #openForm(modal) {
    openModal(modal, {
      discord: this.#discord,
      channel: this.#channel,
      parent: this.node,
      background: [this.#header.node, this.#content],
      submit: (values) => this.#actions.submitModal(modal, values),
      onClosed: (focusedBefore) => (focusedBefore?.isConnected ? focusedBefore : this.log.node).focus(),
    });
  }
}

/** Links to the web part get a host name per person, so that each person has their own cookies. */
function personalLink(url, webUrl, person) {
  const address = new URL(url);
  if (webUrl && address.origin === new URL(webUrl).origin) address.hostname = `${person.key}.localhost`;
  return address.href;
}
