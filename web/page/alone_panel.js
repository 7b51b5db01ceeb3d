// What the room shows while the student is alone: when the partner was notified, and when another partner can be requested.

import { createButton, findElement, setText } from "./dom.js";
import { isAlone, isExpected } from "./stage.js";
import { durationText, timeOfDay } from "./time.js";
import { isPreferenceOn } from "./storage.js";
import { page, pageLanguage } from "./words.js";

/** @typedef {import("./api.js").View} View @typedef {import("./stage.js").Stage} Stage */
/** @typedef {{ findAnother: () => void, wait: () => void }} Actions what the buttons do; *Leave* is in the bar */

/** What is said while the partner is not there. */
export const ALONE_TEXTS = {
  interrupted: { title: page.room.away_title, lead: page.room.interrupted },
  waiting: { title: page.room.not_yet, lead: page.room.first_in },
  "may-choose": { title: page.room.not_yet, lead: page.room.can_choose },
  "still-waiting": { title: page.room.not_yet, lead: page.room.still_waiting },
  away: { title: page.room.away_title, lead: page.room.away_detail },
  "waiting-again": { title: page.room.away_title, lead: page.room.away_waiting },
  declined: { title: page.room.declined_title, lead: page.room.declined_detail },
  gone: { title: page.room.gone_title, lead: page.room.gone_detail },
};

/** Title and lead as one text. @param {keyof typeof ALONE_TEXTS} stage */
export function aloneText(stage) {
  const { title, lead } = ALONE_TEXTS[stage];
  return `${title}. ${lead}`;
}

export class AlonePanel {
  /** @type {Stage | null} */
  #shownStage = null;

  /** @param {Element} root @param {Actions} actions */
  constructor(root, actions) {
    this.root = findElement(root, "[data-alone]");
    this.actions = actions;
  }

  /** @param {Stage} stage @param {View} view @param {number} now milliseconds since 1970, by the server's clock */
  draw(stage, view, now) {
    this.root.hidden = !isAlone(stage);
    if (isAlone(stage)) {
      const { title, lead } = ALONE_TEXTS[stage];
      setText(this.root, "[data-alone-title]", title, { partner: view.partner.name });
      setText(this.root, "[data-alone-lead]", lead, { time: timeOfDay(view.times.closes_at), empty: view.empty_minutes });
      findElement(this.root, ".timed").hidden = !isExpected(stage);
      findElement(this.root, "[data-hint]").hidden = !mayReturn(stage) || !isPreferenceOn("sounds");
      this.#drawSteps(stage, view, now);
    }
    if (stage !== this.#shownStage) this.#drawButtons(stage);
    this.#shownStage = stage;
  }

  /** The focus stays in the panel if its button goes. @param {Stage} stage */
  #drawButtons(stage) {
    const buttons = findElement(this.root, "[data-alone-buttons]");
    const hadFocus = buttons.contains(document.activeElement);
    buttons.replaceChildren(...buttonsFor(stage, this.actions));
    if (hadFocus) this.root.focus({ preventScroll: true });
  }

  /** @param {Stage} stage @param {View} view @param {number} now */
  #drawSteps(stage, { partner, times }, now) {
    const anotherAt = times.another_at === null ? null : Date.parse(times.another_at);
    const mayFindAnother = anotherAt !== null && now >= anotherAt;
    this.#drawStep("link", times.notified_at ?? times.matched_at, times.notified_at ? "done" : "");
    this.#drawStep("reminder", times.reminded_at ?? times.reminder_due_at, times.reminded_at ? "done" : "");
    this.#drawStep("another", times.another_at, mayFindAnother ? "due" : "");
    setText(this.root, "[data-link-text]", times.notified_at ? page.room.link_sent : page.room.link_undelivered, { partner: partner.name });
    setText(this.root, "[data-reminder-text]", page.room[reminderText(times, now)]);
    const time = durationText(anotherAt === null ? 0 : anotherAt - now, pageLanguage());
    setText(this.root, "[data-another-text]", mayFindAnother ? "" : page.room.another_in, { time });
  }

  /** @param {string} name @param {string | null} time null hides the step @param {string} className */
  #drawStep(name, time, className) {
    const step = findElement(this.root, `[data-step="${name}"]`);
    step.hidden = time === null;
    step.className = className;
    setText(step, "time", timeOfDay(time));
  }
}

/** @param {View["times"]} times @param {number} now */
function reminderText({ reminded_at, reminder_due_at }, now) {
  if (reminded_at) return "reminder_sent";
  return now < Date.parse(reminder_due_at ?? "") ? "reminder_planned" : "reminder_undelivered";
}

/** Whether the partner may still come. @param {Stage} stage */
function mayReturn(stage) {
  return stage !== "declined" && stage !== "gone";
}

/** @param {Stage} stage @param {Actions} actions */
function buttonsFor(stage, { findAnother, wait }) {
  const another = (main = false) => createButton(page.room.find_another, findAnother, { main, icon: "user-search" });
  if (stage === "may-choose") return [another(true), createButton(page.room.wait, wait)];
  if (stage === "still-waiting") return [another()];
  return stage === "away" ? [createButton(page.room.wait, wait, { main: true })] : [];
}
