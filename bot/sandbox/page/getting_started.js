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

  get #members() {
    return this.#discord.snapshot.people.filter(({ id }) => id in this.#firstServer.members);
  }

  /** The member who has joined last. */
  get #newcomer() {
    const joinedAt = ({ id }) => Date.parse(this.#firstServer.members[id].joined_at);
    return this.#members.reduce((latest, each) => (joinedAt(each) > joinedAt(latest) ? each : latest));
  }

  #belongsHere(person) {
    return this.#discord.serversOf(person.id).every((server) => server === this.#firstServer);
  }

  draw() {
    const students = this.#layout.people.filter((person) => !person.admin && this.#belongsHere(person)).slice(0, 2);
    this.#node.hidden = students.length < 2 || sessionStorage.getItem(CLOSED_KEY) === "yes";
    if (this.#node.hidden) return;
    const { heading, steps } = this.#findStage(students);
    const isFinished = steps.every(({ done }) => done);
    const current = steps.findIndex(({ done }) => !done);
    const hadFocus = this.#node.contains(document.activeElement);
    const closeProps = { class: "icon", type: "button", "aria-label": "Hide the tour", onclick: () => this.#close() };
    this.#node.replaceChildren(
      element("h2", {}, isFinished ? "That was the tour. Now try what you like." : heading),
      element("ol", {}, isFinished ? [] : steps.map((step, index) => this.#renderStep(step, index, index === current))),
      element("button", closeProps, createIcon("close", 18)),
    );
    if (hadFocus) this.#node.querySelector("button").focus();
  }

  /** The first part of the tour in which something is left to try, or the last one. */
  #findStage(students) {
    const first = { heading: "What to try", steps: this.#firstSteps(students) };
    if (!isDone(first)) return first;
    this.#noteWhatWasTried();
    const further = { heading: "More to try", steps: this.#furtherSteps(students) };
    const last = { heading: "In the panel Server", steps: this.#serverSteps(students) };
    return [further, ...this.#reportStages(students)].find((stage) => !isDone(stage)) ?? last;
  }

  /** From opening this page to two people in a call. */
  #firstSteps([first, second]) {
    const searching = this.#idsOfCallers(COMMAND);
    const joinText = ["Both press ", bold("Open the room"), ", then ", bold("Join")];
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
    const restart = ["Press ", bold("Restart bot"), ": nobody loses their place"];
    return [
      { ...this.#commandStep(first, "study link", ": the old link stops working"), done: tried("study link") },
      { ...this.#commandStep(second, "study leave", ", then presses Undo"), done: tried("study leave") },
      { text: restart, done: tried("restart") },
      { text: closing, done: tried("closing") },
      ...(admin ? this.#adminSteps(admin) : []),
    ];
  }

  #adminSteps(admin) {
    const trial = [`${admin.name} presses `, bold("Try it"), " and ", bold("Send test links"), ", then opens both links: you meet yourself"];
    return [
      { ...this.#commandStep(admin, "buddy setup", ": subjects, channel, pause"), done: this.#tried.has("buddy setup") },
      { text: trial, done: this.#linkOpenedBy.has(admin.id) },
    ];
  }

  /** A report and what follows, the other ways to report, a ban and what is kept: each fits below the top bar. */
  #reportStages([first, second]) {
    const [admin, otherAdmin] = this.#members.filter((person) => person.admin);
    const third = this.#members.find((person) => !person.admin && ![first.id, second.id].includes(person.id));
    if (!third || !admin) return [];
    const tried = (name) => this.#tried.has(name);
    const cameFrom = (place) => this.#discord.snapshot.reported_from.includes(place);
    const room = [`In the room, ${first.name} presses `, bold("Leave and report"), ", then ", bold("Recorded or threatened me"), " and ", bold("Send"), `: ${second.name} sees an ordinary Leave`];
    const alert = [`Half a minute later ${admin.name} has the alert in #staff, without names or words, and presses `, bold("Open reports"), ", ", bold("Open"), " and ", bold("Warn")];
    const appeal = [`${second.name} presses `, bold("Second look"), ` below the warning. Then switch to ${otherAdmin?.name}, who sends `, code("/reports"), `: ${admin.name} can't decide it again`];
    const over = ["Press ", bold("An hour later"), `. ${first.name} and ${third.name} meet. Press it again: their time is up, and ${third.name} presses `, bold("Report"), " on the page"];
    const message = [`The bot asks ${first.name} how it was, who presses `, bold("Something was wrong")];
    const report = [
      { text: room, done: cameFrom("room") },
      { text: alert, done: tried("decision") },
      ...(otherAdmin ? [{ text: appeal, done: this.#hasCalled(otherAdmin, "reports") }] : []),
    ];
    const otherWays = [
      { text: over, done: cameFrom("over") },
      { text: message, done: cameFrom("message") },
      { ...this.#commandStep(second, "study report", ": it needs no words, and only their partners are offered"), done: cameFrom("command") },
    ];
    const afterwards = [
      { ...this.#commandStep(admin, "buddy ban", ` and chooses ${third.name}, who can't search here any more`), done: tried("buddy ban") },
      { ...this.#commandStep(second, "privacy show", ": what is kept, and for how long. Whether others reported them isn't shown"), done: tried("privacy show") },
    ];
    return [
      { heading: "A report", steps: report },
      { heading: "Other ways to report", steps: otherWays },
      { heading: "A ban, and what is kept", steps: afterwards },
    ];
  }

  /** What is worth trying with the panel "Server". */
  #serverSteps([, second]) {
    const { bot, servers } = this.#discord.snapshot;
    const newcomer = this.#newcomer;
    const careful = ["Turn on ", bold("Careful"), `, then switch to ${newcomer.name}, who sends `, code("/study now"), " and presses ", bold("Remind me"), ". Press ", bold("An hour later"), ": the reminder comes"];
    const mixed = servers[1] && this.#discord.snapshot.people.find(({ id, admin }) => admin && id in servers[1].members);
    const tried = (name) => this.#tried.has(name);
    return [
      { text: careful, done: tried("careful") },
      { text: ["Turn on ", bold("Show the bot the audit log"), `, then ban ${second.name}: their search ends at once`], done: tried("banned") },
      { text: ["Turn on ", bold("Hide #study from the bot"), ", then look at ", code("/buddy setup")], done: tried("broken") },
      { text: [bold("Remove"), ` ${bot.name}, then `, bold("invite"), " it again"], done: tried("removed") },
      ...(mixed ? [{ text: [bold("Switch"), ` to ${mixed.name}, whose server has members under 18, and send `, code("/buddy setup")], done: this.#hasCalled(mixed, "buddy setup") }] : []),
    ];
  }

  #commandStep(person, command, rest = "") {
    const isShown = this.#layout.people.some(({ id }) => id === person.id);
    return {
      text: [`${person.name} sends `, code(`/${command}`), rest],
      writeCommand: isShown && (() => this.#layout.showWindowOf(person).composer.prefill(`/${command}`)),
    };
  }

  /** Remember what has been tried, as the page can see it. */
  #noteWhatWasTried() {
    const { people, statuses } = this.#discord.snapshot;
    for (const command of ["study link", "study leave", "buddy setup", "buddy ban", "privacy show"]) if (this.#idsOfCallers(command).size) this.#tried.add(command);
    if (statuses.bot?.state === "busy") this.#tried.add("restart");
    if (people.some(({ closed }) => closed)) this.#tried.add("closing");
    if (this.#discord.messages.some(hasSecondLook)) this.#tried.add("decision");
    const { id, banned, has_bot: hasBot, switches } = this.#firstServer;
    if (this.#discord.snapshot.careful[id] && this.#hasCalled(this.#newcomer, COMMAND)) this.#tried.add("careful");
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

function isDone({ steps }) {
  return steps.every(({ done }) => done);
}

function bold(text) {
  return element("b", {}, text);
}

function code(text) {
  return element("code", {}, text);
}

/** Whether a message tells somebody what came of a report: below it is the button for a second look. */
function hasSecondLook({ components = [] }) {
  return components.some(({ custom_id: id, components: inner, accessory }) => id?.startsWith("hb:second:") || hasSecondLook({ components: [...(inner ?? []), ...(accessory ? [accessory] : [])] }));
}
