// Alone in the room: since when, what was done to tell the partner, and from when somebody else can be asked for.

import { button, find } from "./dom.js";
import { clock } from "./moments.js";
import { page } from "./words.js";

/** @typedef {import("./api.js").View} View @typedef {import("./stage.js").Stage} Stage */

const SECOND_MESSAGE_AFTER = 4 * 60_000;

export class Alone {
  /** @type {Stage | null} */
  #shown = null;

  /** @param {Element} root @param {{ another: () => void, wait: () => void, stop: () => void }} ways */
  constructor(root, ways) {
    this.root = find(root, "[data-alone]");
    this.ways = ways;
  }

  /** @param {Stage} stage @param {View} view */
  draw(stage, view) {
    this.root.hidden = stage === "together";
    if (stage === "together") {
      this.#shown = null;
      return;
    }
    const words = WORDS[stage];
    find(this.root, "[data-alone-title]").textContent = words.title;
    find(this.root, "[data-alone-lead]").textContent = words.lead;
    find(this.root, ".timed").hidden = stage === "left" || stage === "gone";
    find(this.root, "[data-hint]").hidden = stage === "gone";
    this.#drawSteps(stage, view);
    this.#drawButtons(stage);
  }

  /** @param {Stage} stage @param {View} view */
  #drawSteps(stage, { times }) {
    const again = times.told_again_at ?? (times.matched_at && Date.parse(times.matched_at) + SECOND_MESSAGE_AFTER);
    this.#step("told", times.told_at ?? times.matched_at, times.told_at ? "done" : "");
    this.#step("again", again, times.told_again_at ? "done" : "");
    this.#step("another", times.another_at, stage === "may-choose" ? "due" : "");
    find(this.root, '[data-step="told"] b').textContent = times.told_at ? page.room.link_sent : page.room.link_being_sent;
    find(this.root, "[data-again-words]").textContent = times.told_again_at ? page.room.second_sent : page.room.second_at;
    find(this.root, "[data-another-words]").textContent = stage === "may-choose" ? page.room.another_now : page.room.another_later;
  }

  /** @param {string} name @param {string | number | null} moment @param {string} state */
  #step(name, moment, state) {
    const line = find(this.root, `[data-step="${name}"]`);
    line.hidden = moment === null;
    line.className = state;
    find(line, "time").textContent = clock(moment);
  }

  /** @param {Stage} stage */
  #drawButtons(stage) {
    if (stage === this.#shown) return;
    this.#shown = stage;
    const { another, wait, stop } = this.ways;
    const choose = [button(page.room.find_another, another, true), button(page.room.wait, wait)];
    const go = [button(page.room.stop, stop)];
    find(this.root, "[data-alone-buttons]").replaceChildren(...(stage === "may-choose" ? choose : stage === "waiting" ? [] : go));
  }
}

const WORDS = {
  waiting: { title: page.room.not_yet, lead: page.room.on_the_way },
  "may-choose": { title: page.room.not_yet, lead: page.room.can_choose },
  left: { title: page.room.left_title, lead: page.room.left_detail },
  gone: { title: page.room.gone_title, lead: page.room.gone_detail },
};
