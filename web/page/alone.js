// Alone in the room: since when, what was done to tell the partner, and from when somebody else can be asked for.

import { button, find, say } from "./dom.js";
import { clock, duration } from "./moments.js";
import { language, page } from "./words.js";

/** @typedef {import("./api.js").View} View @typedef {import("./stage.js").Stage} Stage */
/** @typedef {{ another: () => void, wait: () => void, stop: () => void }} Ways */

const SECOND_MESSAGE_AFTER = 4 * 60_000;

export class Alone {
  /** @type {Stage | null} */
  #shown = null;

  /** @param {Element} root @param {Ways} ways */
  constructor(root, ways) {
    this.root = find(root, "[data-alone]");
    this.ways = ways;
  }

  /** @param {Stage} stage @param {View} view @param {number} now milliseconds, by the server's clock */
  draw(stage, view, now) {
    this.root.hidden = stage === "together";
    if (stage !== "together") {
      const { title, lead } = WORDS[stage];
      say(this.root, "[data-alone-title]", title);
      say(this.root, "[data-alone-lead]", lead);
      find(this.root, ".timed").hidden = stage !== "waiting" && stage !== "may-choose";
      find(this.root, "[data-hint]").hidden = stage === "gone";
      this.#drawSteps(stage, view, now);
    }
    if (stage === this.#shown) return;
    this.#shown = stage;
    find(this.root, "[data-alone-buttons]").replaceChildren(...buttons(stage, this.ways));
  }

  /** @param {Stage} stage @param {View} view @param {number} now */
  #drawSteps(stage, { times }, now) {
    const again = times.reminded_at ?? (times.matched_at && Date.parse(times.matched_at) + SECOND_MESSAGE_AFTER);
    const may = stage === "may-choose" || (times.another_at !== null && now >= Date.parse(times.another_at));
    this.#step("told", times.notified_at ?? times.matched_at, times.notified_at ? "done" : "");
    this.#step("again", again, times.reminded_at ? "done" : "");
    this.#step("another", times.another_at, may ? "due" : "");
    say(this.root, "[data-told-words]", times.notified_at ? page.room.link_sent : page.room.link_being_sent);
    say(this.root, "[data-again-words]", times.reminded_at ? page.room.second_sent : page.room.second_at);
    const left = times.another_at === null ? 0 : Date.parse(times.another_at) - now;
    const when = may ? page.room.only_if : page.room.another_in;
    say(this.root, "[data-another-when]", when, { time: duration(left, language()) });
  }

  /** @param {string} name @param {string | number | null} moment @param {string} state */
  #step(name, moment, state) {
    const line = find(this.root, `[data-step="${name}"]`);
    line.hidden = moment === null;
    line.className = state;
    say(line, "time", clock(moment));
  }
}

const WORDS = {
  waiting: { title: page.room.not_yet, lead: page.room.first_in },
  "may-choose": { title: page.room.not_yet, lead: page.room.can_choose },
  left: { title: page.room.left_title, lead: page.room.left_detail },
  "waiting-again": { title: page.room.left_title, lead: page.room.left_waiting },
  gone: { title: page.room.gone_title, lead: page.room.gone_detail },
};

/** @param {Stage} stage @param {Ways} ways */
function buttons(stage, { another, wait, stop }) {
  if (stage === "may-choose") return [button(page.room.find_another, another, { main: true, icon: "user-search" }), button(page.room.wait, wait)];
  if (stage === "left") return [button(page.room.wait, wait, { main: true }), button(page.room.stop, stop)];
  return stage === "waiting-again" || stage === "gone" ? [button(page.room.stop, stop)] : [];
}
