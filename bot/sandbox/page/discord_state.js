// What this page knows about Discord: servers, people, channels, commands, messages, and who has read what.
//
// The feed sends {snapshot} (everything but messages), {messages} (all of them, on connecting), {message} (new or edited), {gone} (an id).

import { ChannelType, MessageFlag } from "./discord_types.js";
import { currentTime } from "./time.js";

export class DiscordState extends EventTarget {
  snapshot = { bot: {}, servers: [], people: [], channels: [], roles: [], commands: [], statuses: {} };
  #messages = new Map();
  #lastRead = new Map();
  #localCount = 0;

  /** Apply an event of the feed. Dispatches "snapshot", "messages", "message" (detail: the message) or "gone" (detail: the message). */
  applyEvent(event) {
    if (event.snapshot) this.#replaceSnapshot(event.snapshot);
    if (event.messages) this.#replaceMessages(event.messages);
    if (event.message) this.putMessage(event.message);
    if (event.gone) this.removeMessage(event.gone);
  }

  #replaceSnapshot(snapshot) {
    this.snapshot = snapshot;
    this.#dispatch("snapshot", snapshot);
  }

  #replaceMessages(messages) {
    const isFirst = this.#messages.size === 0;
    this.#messages = new Map(messages.map((message) => [message.id, message]));
    if (isFirst) this.snapshot.people.forEach((person) => this.snapshot.channels.forEach((channel) => this.markRead(person, channel)));
    this.#dispatch("messages");
  }

  /** Add a message, or replace it by its new version. */
  putMessage(message) {
    this.#messages.set(message.id, message);
    this.#dispatch("message", message);
  }

  /** Add and return a message that exists only on this page: an action is under way, or failed. */
  addLocalMessage(fields) {
    const id = `local-${(this.#localCount += 1)}`;
    const message = { id, timestamp: currentTime().toISOString(), flags: MessageFlag.ephemeral, local: true, ...fields };
    this.putMessage(message);
    return message;
  }

  removeMessage(id) {
    const message = this.#messages.get(id);
    this.#messages.delete(id);
    if (message) this.#dispatch("gone", message);
  }

  #dispatch(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** All messages, oldest first. */
  get messages() {
    return [...this.#messages.values()];
  }

  /** The messages of `channel` that `person` sees, oldest first. */
  visibleMessages(person, channel) {
    return this.messages.filter((message) => message.channel_id === channel.id && this.canSee(person, message));
  }

  /** Whether `person` can see `message`: an ephemeral one names its only `reader`. */
  canSee(person, message) {
    return !message.reader || message.reader === person.id;
  }

  /** The channels that `person` can see and write in, direct messages last. */
  channelsOf(person) {
    return this.snapshot.channels.filter(({ type, readers }) => type !== ChannelType.category && readers.includes(person.id));
  }

  /** The servers that the person or bot with this id is in. */
  serversOf(id) {
    return this.snapshot.servers.filter(({ members }) => id in members);
  }

  /** The server of `channel`; of direct messages undefined. */
  serverOf(channel) {
    return this.snapshot.servers.find(({ id }) => id === channel.server);
  }

  /** The people, roles and channels that can be chosen in `channel`: those of its server; in direct messages, everybody. */
  choosableIn(channel) {
    const { people, roles, channels } = this.snapshot;
    const server = this.serverOf(channel);
    if (!server) return { people, roles: [], channels: [] };
    const isHere = (thing) => thing.server === server.id;
    return { people: people.filter(({ id }) => id in server.members), roles: roles.filter(isHere), channels: channels.filter(isHere) };
  }

  /** The names of a member's roles in `server`, without @everyone. */
  roleNames(server, id) {
    return server.members[id].roles.map((role) => this.snapshot.roles.find((each) => each.id === role)?.name).filter(Boolean);
  }

  /** Mark everything in `channel` as read by `person`. */
  markRead(person, channel) {
    this.#lastRead.set(`${person.id} ${channel.id}`, this.visibleMessages(person, channel).at(-1)?.id);
  }

  /** Whether `channel` has messages of others that `person` has not read. */
  hasUnread(person, channel) {
    const visible = this.visibleMessages(person, channel);
    const lastRead = visible.findIndex((message) => message.id === this.#lastRead.get(`${person.id} ${channel.id}`));
    return visible.slice(lastRead + 1).some((message) => !message.local && message.author.id !== person.id);
  }

  findPerson(id) {
    return this.snapshot.people.find((person) => person.id === id);
  }

  nameOf(id) {
    return [this.snapshot.bot, ...this.snapshot.people].find((person) => person.id === id)?.name ?? "somebody";
  }

  roleName(id) {
    return this.snapshot.roles.find((role) => role.id === id)?.name ?? "role";
  }

  channelName(id) {
    return this.snapshot.channels.find((channel) => channel.id === id)?.name ?? "channel";
  }
}
