// "What to try": first the way from opening this page to two people in a call, then more. Each step is ticked off when it is done.

import { element, hiddenText } from "./dom.js";
import { createIcon } from "./icons.js";

const COMMAND = "study now";
const CLOSED_KEY = "heybuddy-steps-closed";

export class GettingStarted {
  #node;
  #discord;
  #layout;
  #linkOpenedBy = new Set();
  #tried = new Set();

  /** `layout` shows the people's windows. */
  constructor(node, discord, layout) {
    this.#node = node;
    this.#discord = discord;
    this.#layout = layout;
    for (const type of ["snapshot", "messages", "message"]) discord.addEventListener(type, () => this.draw());
  }

  /** `person` has opened the link in a message. */
  handleLinkOpened(person) {
    this.#linkOpenedBy.add(person.id);
    this.draw();
  }

  /** The server in which students can meet from the start: the tour is about it, and those who are in no other. */
  get #firstServer() {
    return this.#discord.snapshot.servers[0];
  }

  #belongsHere(person) {
    return this.#discord.serversOf(person.id).every((server) => server === this.#firstServer);
  }

  draw() {
    const students = this.#layout.people.filter((person) => !person.admin && this.#belongsHere(person)).slice(0, 2);
    this.#node.hidden = students.length < 2 || sessionStorage.getItem(CLOSED_KEY) === "yes";
    if (this.#node.hidden) return;
    const first = this.#firstSteps(students);
    const hasMet = first.every(({ done }) => done);
    if (hasMet) this.#noteWhatWasTried();
    const further = hasMet ? this.#furtherSteps(students) : [];
    const isServerNext = hasMet && further.every(({ done }) => done);
    const steps = isServerNext ? this.#serverSteps(students) : hasMet ? further : first;
    const isFinished = steps.every(({ done }) => done);
    const heading = isFinished ? "That was the tour. Now try what you like." : isServerNext ? "In the panel Server" : hasMet ? "More to try" : "What to try";
    const current = steps.findIndex(({ done }) => !done);
    const hadFocus = this.#node.contains(document.activeElement);
    const closeProps = { class: "icon", type: "button", "aria-label": "Hide the tour", onclick: () => this.#close() };
    this.#node.replaceChildren(
      element("h2", {}, heading),
      element("ol", {}, isFinished ? [] : steps.map((step, index) => this.#renderStep(step, index, index === current))),
      element("button", closeProps, createIcon("close", 18)),
    );
    if (hadFocus) this.#node.querySelector("button").focus();
  }

  /** From opening this page to two people in a call. */
  #firstSteps([first, second]) {
    const searching = this.#idsOfCallers(COMMAND);
    const joinText = ["Both press ", element("b", {}, "Open the room"), ", then ", element("b", {}, "Join")];
    return [
      { ...this.#commandStep(first, COMMAND, ", then presses I agree"), done: searching.has(first.id) },
      { ...this.#commandStep(second, COMMAND, ", then presses I agree"), done: searching.has(second.id) },
      { text: joinText, done: [first, second].every(({ id }) => this.#linkOpenedBy.has(id)) },
    ];
  }

  /** What is worth trying once two have met. They can be done in any order. */
  #furtherSteps([first, second]) {
    const admin = this.#layout.people.find((person) => person.admin);
    const tried = (name) => this.#tried.has(name);
    const closing = [`In ${second.name}'s ⋯ menu, close direct messages: the next link comes in the channel`];
    const restart = ["Press ", element("b", {}, "Restart bot"), ": nobody loses their place"];
    return [
      { ...this.#commandStep(first, "study link", ": the old link stops working"), done: tried("study link") },
      { ...this.#commandStep(second, "study leave", ", then presses Undo"), done: tried("study leave") },
      { text: restart, done: tried("restart") },
      { text: closing, done: tried("closing") },
      ...(admin ? this.#adminSteps(admin) : []),
    ];
  }

  #adminSteps(admin) {
    const trial = [`${admin.name} presses `, element("b", {}, "Try it"), " and ", element("b", {}, "Send test links"), ", then opens both links: you meet yourself"];
    return [
      { ...this.#commandStep(admin, "buddy setup", ": subjects, channel, pause"), done: this.#tried.has("buddy setup") },
      { text: trial, done: this.#linkOpenedBy.has(admin.id) },
    ];
  }

  /** What is worth trying with the panel "Server". */
  #serverSteps([, second]) {
    const { bot, servers } = this.#discord.snapshot;
    const mixed = servers[1] && this.#discord.snapshot.people.find(({ id, admin }) => admin && id in servers[1].members);
    const tried = (name) => this.#tried.has(name);
    const part = (text) => element("b", {}, text);
    return [
      { text: ["Turn on ", part("Show the bot the audit log"), `, then ban ${second.name}: their search ends at once`], done: tried("banned") },
      { text: ["Turn on ", part("Hide #study from the bot"), ", then look at ", element("code", {}, "/buddy setup")], done: tried("broken") },
      { text: [part("Remove"), ` ${bot.name}, then `, part("invite"), " it again"], done: tried("removed") },
      ...(mixed ? [{ text: [part("Switch"), ` to ${mixed.name}, whose server has members under 18, and send `, element("code", {}, "/buddy setup")], done: this.#hasCalled(mixed, "buddy setup") }] : []),
    ];
  }

  #commandStep(person, command, rest = "") {
    return {
      text: [`${person.name} sends `, element("code", {}, `/${command}`), rest],
      writeCommand: () => this.#layout.showWindowOf(person).composer.prefill(`/${command}`),
    };
  }

  /** Remember what has been tried, as the page can see it. */
  #noteWhatWasTried() {
    const { people, statuses } = this.#discord.snapshot;
    for (const command of ["study link", "study leave", "buddy setup"]) if (this.#idsOfCallers(command).size) this.#tried.add(command);
    if (statuses.bot?.state === "busy") this.#tried.add("restart");
    if (people.some(({ closed }) => closed)) this.#tried.add("closing");
    const { banned, has_bot: hasBot, switches } = this.#firstServer;
    if (banned.length) this.#tried.add("banned");
    if (switches.some(({ group, on }) => group === "#study" && on)) this.#tried.add("broken");
    if (!hasBot) this.#tried.add("removed");
  }

  #hasCalled({ id }, command) {
    return this.#idsOfCallers(command).has(id);
  }

  /** The ids of those who have used `command`. The panel's button, which names none, is a search. */
  #idsOfCallers(command) {
    const isCall = ({ interaction, reader }) => interaction && reader && (interaction.command ?? COMMAND) === command;
    return new Set(this.#discord.messages.filter(isCall).map(({ interaction }) => interaction.user));
  }

  #renderStep({ text, done, writeCommand }, index, isCurrent) {
    const sign = element("span", { class: "sign", "aria-hidden": "true" }, done ? createIcon("check", 14) : String(index + 1));
    return element(
      "li",
      { class: done ? "done" : null, "aria-current": isCurrent ? "step" : null },
      sign,
      element("span", {}, text, done ? hiddenText(", done") : null),
      writeCommand && isCurrent ? element("button", { class: "show", type: "button", onclick: writeCommand }, "Write it for me") : null,
    );
  }

  #close() {
    sessionStorage.setItem(CLOSED_KEY, "yes");
    this.draw();
  }
}
