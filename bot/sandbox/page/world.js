// What this page knows of the server: people, channels, commands, messages, and who has read what. Draws nothing.
//
// The feed sends {stage} (everything but messages), {messages} (all of them, at the start), {message} (new or edited), {gone} (an id).

const EPHEMERAL = 64;

export class World extends EventTarget {
  stage = { server: {}, bot: {}, people: [], channels: [], roles: [], commands: [], lights: {} };
  #messages = new Map();
  #read = new Map();
  #locals = 0;

  /** Take in one event of the feed. Fires "stage", or "message" with the message, or "gone" with it. */
  hear(event) {
    if (event.stage) this.#stage(event.stage);
    if (event.messages) this.#all(event.messages);
    if (event.message) this.put(event.message);
    if (event.gone) this.drop(event.gone);
  }

  #stage(stage) {
    this.stage = stage;
    this.#tell("stage", stage);
  }

  #all(messages) {
    const first = this.#messages.size === 0;
    this.#messages = new Map(messages.map((message) => [message.id, message]));
    if (first) this.stage.people.forEach((person) => this.stage.channels.forEach((channel) => this.look(person, channel)));
    this.#tell("messages");
  }

  /** A message that is new or has changed. */
  put(message) {
    this.#messages.set(message.id, message);
    this.#tell("message", message);
  }

  /** A message that exists on this page only: something is under way, or failed. */
  local(values) {
    const message = { id: `local-${(this.#locals += 1)}`, timestamp: new Date().toISOString(), flags: EPHEMERAL, local: true, ...values };
    this.put(message);
    return message;
  }

  /** A message that is no more. */
  drop(id) {
    const message = this.#messages.get(id);
    this.#messages.delete(id);
    if (message) this.#tell("gone", message);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Every message there is, oldest first. */
  get messages() {
    return [...this.#messages.values()];
  }

  /** The messages of `channel` that `person` sees, oldest first. */
  seenBy(person, channel) {
    return this.messages.filter((message) => message.channel_id === channel.id && this.sees(person, message));
  }

  /** Whether `person` sees `message`: what only one may read has a `reader`. */
  sees(person, message) {
    return !message.reader || message.reader === person.id;
  }

  /** The channels of `person`, direct messages last. */
  channelsOf(person) {
    return this.stage.channels.filter((channel) => channel.readers.includes(person.id));
  }

  /** `person` has `channel` before their eyes. */
  look(person, channel) {
    this.#read.set(`${person.id} ${channel.id}`, this.seenBy(person, channel).at(-1)?.id);
  }

  /** Whether somebody else wrote in `channel` since `person` last looked. */
  unread(person, channel) {
    const seen = this.seenBy(person, channel);
    const read = seen.findIndex((message) => message.id === this.#read.get(`${person.id} ${channel.id}`));
    return seen.slice(read + 1).some((message) => !message.local && message.author.id !== person.id);
  }

  person(id) {
    return this.stage.people.find((person) => person.id === id);
  }

  nameOf(id) {
    return [this.stage.bot, ...this.stage.people].find((person) => person.id === id)?.name ?? "somebody";
  }

  roleName(id) {
    return this.stage.roles.find((role) => role.id === id)?.name ?? "role";
  }

  channelName(id) {
    return this.stage.channels.find((channel) => channel.id === id)?.name ?? "channel";
  }
}
