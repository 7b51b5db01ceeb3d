// Carries out one person's actions: sends them to the sandbox, shows failures as messages that only they see, and opens the bot's forms.

import { MessageFlag } from "./discord_types.js";
import { postAction } from "./sandbox_connection.js";

const PENDING_AFTER_MS = 300;

export class PersonActions {
  #discord;
  #personId;
  #openForm;

  /** `openForm(modal)` is called when the bot answers with a form. */
  constructor(discord, personId, openForm) {
    this.#discord = discord;
    this.#personId = personId;
    this.#openForm = openForm;
  }

  /** Post `text` into `channel`. */
  postMessage(channel, text) {
    return this.#post("say", channel.id, { channel: channel.id, text });
  }

  /** Close or open this person's direct messages; a failure is shown in `channel`. */
  setDirectMessages(channel, closed) {
    return this.#post("direct-messages", channel.id, { channel: channel.id, closed });
  }

  /** Use a component of `message`. */
  useComponent(message, customId, values) {
    return this.#post("press", message.channel_id, { channel: message.channel_id, message: message.id, id: customId, values });
  }

  /** Use the entry called `command` of the menu *Apps* on `member`. */
  useMemberMenu(channel, command, member) {
    return this.#post("menu", channel.id, { channel: channel.id, command, member: member.id });
  }

  /** Request the bot's choices for `query` ({command, option, text, values}). Resolves to {choices} or {failed}. */
  autocomplete(channel, query) {
    return postAction("complete", { person: this.#personId, channel: channel.id, ...query });
  }

  /** Submit a form. Resolves to {failed: text} if it must stay open. */
  submitModal(modal, values) {
    return postAction("submit", { person: this.#personId, modal: modal.id, values });
  }

  /** Dismiss a message that only this person sees. */
  dismiss(message) {
    if (message.local) this.#discord.removeMessage(message.id);
    else postAction("dismiss", { person: this.#personId, message: message.id });
  }

  /** Call a command. If the bot takes a moment, a message says that it is thinking. */
  async callCommand(channel, command, values) {
    const fields = { interaction: { user: this.#personId, command } };
    let pending;
    const showPending = () => (pending = this.#addLocalMessage(channel.id, { ...fields, flags: MessageFlag.ephemeral | MessageFlag.loading }));
    const timer = setTimeout(showPending, PENDING_AFTER_MS);
    const answer = await postAction("command", { person: this.#personId, channel: channel.id, command, values });
    clearTimeout(timer);
    if (pending) this.#discord.removeMessage(pending.id);
    this.#handleAnswer(answer, channel.id, fields);
  }

  async #post(action, channelId, values) {
    this.#handleAnswer(await postAction(action, { person: this.#personId, ...values }), channelId);
  }

  #handleAnswer(answer, channelId, fields = {}) {
    if (answer.failed) this.#addLocalMessage(channelId, { ...fields, failed: answer.failed });
    if (answer.modal) this.#openForm(answer.modal);
  }

  #addLocalMessage(channelId, fields) {
    const author = { ...this.#discord.snapshot.bot, bot: true };
    return this.#discord.addLocalMessage({ channel_id: channelId, reader: this.#personId, author, ...fields });
  }
}
