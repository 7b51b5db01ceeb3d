// One person's window: header, list of channels, the open channel with its log and box.

import { Composer } from "./composer.js";
import { el, refill } from "./dom.js";
import { icon } from "./icons.js";
import { act } from "./live.js";
import { Log } from "./log.js";
import { menu } from "./menu.js";
import { face } from "./message.js";
import { openModal } from "./modal.js";

const PENDING_AFTER = 300;

export class Column {
  #world;
  #others;
  #list = el("nav", { class: "list" });
  #header = el("header");
  #channel;

  /** `others`: {choices(), put(person), opened(person)}: who may stand here, put them here, a link was opened. */
  constructor(world, person, others) {
    this.#world = world;
    this.#others = others;
    this.personId = person.id;
    const at = this.#at();
    this.log = new Log(at);
    this.composer = new Composer({
      ...at,
      say: (text) => this.#act("say", { text }),
      call: (command, values) => this.#call(command, values),
      complete: (values) => act("complete", { ...this.#where, ...values }),
    });
    this.#who = el("header", { class: "who" }, el("span"), el("div"), this.#privacy(person), this.#switch(person));
    this.#inside = el("div", { class: "inside" }, this.#list, el("div", { class: "channel" }, this.#header, this.log.node, this.composer.node));
    this.node = el("section", { class: "column", "aria-label": person.name, data: { person: person.key } }, this.#who, this.#inside);
    this.#drawWho();
    this.open(this.#first());
  }

  #who; #inside;

  get person() {
    return this.#world.person(this.personId);
  }

  get #where() {
    return { person: this.personId, channel: this.#channel.id };
  }

  #at() {
    const column = this;
    return {
      world: this.#world,
      get person() {
        return column.person;
      },
      press: (message, id, values) => this.#press(message, id, values),
      dismiss: (message) => this.#dismiss(message),
      address: (url) => ownAddress(url, this.#world.stage.web, this.person),
      opened: () => this.#others.opened(this.person),
    };
  }

  #first() {
    const channels = this.#world.channelsOf(this.person);
    return channels.find(({ id }) => id === this.#others.last(this.person)) ?? channels[0];
  }

  /** Show `channel`. */
  open(channel) {
    this.#channel = channel;
    this.#others.remember(this.person, channel);
    this.log.open(channel, channel.direct ? `direct messages of ${this.person.name}` : `#${channel.name}, ${this.person.name}`);
    this.composer.open(channel.direct ? "Type / for commands" : `Message #${channel.name}, or type /`);
    this.#looked();
    this.#drawChannel();
  }

  /** People, channels or commands have changed. */
  refresh() {
    const still = this.#world.channelsOf(this.person).find(({ id }) => id === this.#channel.id);
    if (!still) return this.open(this.#first());
    this.#channel = still;
    this.#drawWho();
    this.#drawChannel();
    return this.#drawList();
  }

  /** All messages were sent again. */
  redraw() {
    this.log.redraw();
    this.log.toEnd();
    this.#looked();
  }

  /** A message came or changed. */
  put(message) {
    if (this.#here(message)) this.log.put(message);
    this.#looked();
  }

  /** A message went. */
  drop(message) {
    if (this.#here(message)) this.log.drop(message);
    this.#looked();
  }

  #here(message) {
    return message.channel_id === this.#channel.id && this.#world.sees(this.person, message);
  }

  /** What is before the reader's eyes counts as read; behind a tab it does not. */
  #looked() {
    if (!this.node?.closest("[hidden]")) this.#world.look(this.person, this.#channel);
    this.#drawList();
  }

  /** The tab with this column was opened. */
  shown() {
    this.log.toEnd();
    this.#looked();
  }

  #drawWho() {
    const { person } = this;
    const language = new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(person.locale.split("-")[0]);
    const line = [person.admin ? "Admin · Manage Server" : `Student · ${language}`, person.closed && "direct messages closed"];
    const [picture, name] = this.#who.children; // the menus beside them stay: one may be open
    picture.replaceWith(face(person, this.#world));
    name.replaceWith(el("div", { class: "name" }, el("h2", {}, person.name), el("p", {}, line.filter(Boolean).join(" · "))));
  }

  #privacy(person) {
    const button = el("button", { class: "icon", type: "button", "aria-label": `Settings of ${person.name}`, data: { key: "privacy" } }, icon("more", 18));
    const toggle = ({ closed }) => ({ name: `${closed ? "Open" : "Close"} direct messages`, take: () => this.#act("direct-messages", { closed: !closed }) });
    return menu(button, `Settings of ${person.name}`, () => [toggle(this.person)]);
  }

  #switch(person) {
    const button = el("button", { class: "plain", type: "button", data: { key: "switch" }, "aria-label": `Switch ${person.name} for somebody else` }, "Switch", icon("down", 14));
    const row = (other) => ({
      name: other.name, note: other.admin ? "Admin" : "Student", sign: face(other, this.#world, true), checked: other.id === this.personId, take: () => this.#others.put(other),
    });
    return menu(button, "Who stands here", () => this.#world.stage.people.map(row));
  }

  #drawChannel() {
    const { direct, name, topic, locked } = this.#channel;
    const sign = direct ? face(null, this.#world, true) : icon(locked ? "lock" : "hash", 18);
    refill(this.#header, sign, el("h3", {}, direct ? this.#world.stage.bot.name : name), topic ? el("p", { title: topic }, topic) : null);
  }

  #drawList() {
    const channels = this.#world.channelsOf(this.person);
    const group = (title, of) => [el("h3", {}, title), el("ul", {}, of.map((channel) => el("li", {}, this.#row(channel))))];
    this.#list.setAttribute("aria-label", `Channels of ${this.person.name}`);
    refill(
      this.#list,
      group(this.#world.stage.server.name, channels.filter(({ direct }) => !direct)),
      group("Direct messages", channels.filter(({ direct }) => direct)),
    );
  }

  #row(channel) {
    const open = channel.id === this.#channel.id;
    const unread = !open && this.#world.unread(this.person, channel);
    const sign = channel.direct ? face(null, this.#world, true) : icon(channel.locked ? "lock" : "hash", 17);
    const props = { type: "button", class: unread ? "unread" : null, "aria-current": open ? "page" : null, data: { key: channel.id } };
    const dot = unread ? el("span", { class: "dot" }, el("span", { class: "hush" }, "unread")) : null;
    return el("button", { ...props, onclick: () => this.open(channel) }, sign, el("span", {}, channel.direct ? this.#world.stage.bot.name : channel.name), dot);
  }

  /** Whether anything waits for this person to look. */
  get unread() {
    return this.#world.channelsOf(this.person).some((channel) => this.#world.unread(this.person, channel));
  }

  async #act(action, values) {
    const answer = await act(action, { ...this.#where, ...values });
    if (answer.failed) this.#failed(answer.failed);
    return answer;
  }

  async #call(command, values) {
    const channel = this.#channel;
    const base = { channel_id: channel.id, reader: this.personId, author: { ...this.#world.stage.bot, bot: true }, interaction: { user: this.personId, command } };
    let pending;
    const timer = setTimeout(() => (pending = this.#world.local({ ...base, flags: 64 | 128 })), PENDING_AFTER);
    const answer = await act("command", { ...this.#where, command, values });
    clearTimeout(timer);
    if (pending) this.#world.drop(pending.id);
    if (answer.failed) this.#world.local({ ...base, failed: answer.failed });
    if (answer.modal) this.#modal(answer.modal);
  }

  async #press(message, id, values) {
    const answer = await act("press", { person: this.personId, channel: message.channel_id, message: message.id, id, values });
    if (answer.failed) this.#failed(answer.failed, message.channel_id);
    if (answer.modal) this.#modal(answer.modal);
  }

  #failed(words, channel = this.#channel.id) {
    this.#world.local({ channel_id: channel, reader: this.personId, author: { ...this.#world.stage.bot, bot: true }, failed: words });
  }

  #dismiss(message) {
    if (message.local) this.#world.drop(message.id);
    else act("dismiss", { person: this.personId, message: message.id });
  }

  #modal(modal) {
    openModal(modal, {
      world: this.#world,
      over: this.node,
      stage: [this.#who, this.#inside],
      submit: (values) => this.#submit(modal, values),
      closed: (before) => (before?.isConnected ? before : this.log.node).focus(),
    });
  }

  async #submit(modal, values) {
    const answer = await act("submit", { person: this.personId, modal: modal.id, values });
    return answer;
  }
}

/** A link to our own page opens under the person's own name, a cookie jar each. */
function ownAddress(url, web, person) {
  const address = new URL(url);
  if (web && address.origin === new URL(web).origin) address.hostname = `${person.key}.localhost`;
  return address.href;
}
