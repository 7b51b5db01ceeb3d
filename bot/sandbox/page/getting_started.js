// "What to try": three steps from opening this page to two people in a call. Each is ticked off when it is done.

import { element, hiddenText } from "./dom.js";
import { createIcon } from "./icons.js";

const COMMAND = "study now";
const CLOSED_KEY = "heybuddy-steps-closed";

export class GettingStarted {
  #node;
  #discord;
  #layout;
  #linkOpenedBy = new Set();

  /** `layout` shows the students' windows. */
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

  draw() {
    const students = [0, 1].map((number) => this.#layout.studentWindow(number)?.person).filter(Boolean);
    this.#node.hidden = students.length < 2 || sessionStorage.getItem(CLOSED_KEY) === "yes";
    if (this.#node.hidden) return;
    const steps = this.#createSteps(students);
    const current = steps.findIndex(({ done }) => !done);
    const hadFocus = this.#node.contains(document.activeElement);
    const closeProps = { class: "icon", type: "button", "aria-label": "Close what to try", onclick: () => this.#close() };
    this.#node.replaceChildren(
      element("h2", {}, current < 0 ? "They meet. Try more: Restart bot, close direct messages, New link." : "What to try"),
      element("ol", {}, steps.map((step, index) => this.#renderStep(step, index, index === current))),
      element("button", closeProps, createIcon("close", 18)),
    );
    if (hadFocus) this.#node.querySelector("button").focus();
  }

  #createSteps([first, second]) {
    const searching = this.#searchingIds();
    const commandStep = (person, number) => ({
      text: [`${person.name} sends `, element("code", {}, `/${COMMAND}`)],
      done: searching.has(person.id),
      writeCommand: () => this.#layout.showStudentWindow(number).composer.prefill(`/${COMMAND}`),
    });
    const joinText = ["Both press ", element("b", {}, "Open the room"), ", then ", element("b", {}, "Join")];
    return [commandStep(first, 0), commandStep(second, 1), { text: joinText, done: this.#linkOpenedBy.size > 1 }];
  }

  /** The ids of those who have asked for a partner, by the command or by the panel's button. */
  #searchingIds() {
    const isSearch = ({ interaction, reader }) => interaction && reader && (interaction.command ?? COMMAND) === COMMAND;
    return new Set(this.#discord.messages.filter(isSearch).map(({ interaction }) => interaction.user));
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
