// "What to try": three steps from opening this page to two in a call. Each ticks itself.

import { el } from "./dom.js";
import { icon } from "./icons.js";

const COMMAND = "study now";
const KEPT = "heybuddy-steps-closed";

export class Steps {
  #node;
  #world;
  #places;
  #opened = new Set();

  /** `places` shows a student's column. */
  constructor(node, world, places) {
    this.#node = node;
    this.#world = world;
    this.#places = places;
    for (const type of ["stage", "messages", "message"]) world.addEventListener(type, () => this.draw());
  }

  /** `person` has opened the link of a message. */
  opened(person) {
    this.#opened.add(person.id);
    this.draw();
  }

  draw() {
    const pair = [0, 1].map((number) => this.#places.student(number)?.person).filter(Boolean);
    this.#node.hidden = pair.length < 2 || sessionStorage.getItem(KEPT) === "yes";
    if (this.#node.hidden) return;
    const steps = this.#steps(pair);
    const now = steps.findIndex(({ done }) => !done);
    const focused = this.#node.contains(document.activeElement);
    this.#node.replaceChildren(
      el("h2", {}, now < 0 ? "They meet. Try more: Restart bot, close direct messages, New link." : "What to try"),
      el("ol", {}, steps.map((step, index) => this.#row(step, index, now))),
      el("button", { class: "icon", type: "button", "aria-label": "Close what to try", onclick: () => this.#close() }, icon("close", 18)),
    );
    if (focused) this.#node.querySelector("button").focus();
  }

  #steps([one, two]) {
    const called = this.#called;
    const call = (person, number) => ({
      words: [`${person.name} sends `, el("code", {}, `/${COMMAND}`)],
      done: called.has(person.id),
      show: () => this.#places.show(number).composer.prefill(`/${COMMAND}`),
    });
    return [
      call(one, 0),
      call(two, 1),
      { words: ["Both press ", el("b", {}, "Open the room"), ", then ", el("b", {}, "Join")], done: this.#opened.size > 1 },
    ];
  }

  /** Who has asked for a partner, by the command or by the panel's button. */
  get #called() {
    const asked = ({ interaction, reader }) => interaction && reader && (interaction.command ?? COMMAND) === COMMAND;
    return new Set(this.#world.messages.filter(asked).map(({ interaction }) => interaction.user));
  }

  #row({ words, done, show }, index, now) {
    return el(
      "li",
      { class: done ? "done" : null, "aria-current": index === now ? "step" : null },
      el("span", { class: "sign", "aria-hidden": "true" }, done ? icon("check", 14) : String(index + 1)),
      el("span", {}, words, done ? el("span", { class: "hush" }, ", done") : null),
      show && index === now ? el("button", { class: "show", type: "button", onclick: show }, "Write it for me") : null,
    );
  }

  #close() {
    sessionStorage.setItem(KEPT, "yes");
    this.draw();
  }
}
