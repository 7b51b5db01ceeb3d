// Entering: the same picture as on ready, what is happening, and after four seconds what to do if it lasts.

import { announce, button, find, note, prepare, reveal, say } from "./dom.js";
import { Mirror } from "./mirror.js";
import { duration } from "./moments.js";
import { language, page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {"link" | "room" | "connect"} Step */

const STEPS = /** @type {Step[]} */ (["link", "room", "connect"]);
const SLOW_AFTER = 4_000;
const SLOW = { title: page.entering.slow_title, detail: page.entering.slow };

/** On the screen until `left()`. */
export class Entering {
  /** @param {Devices} devices @param {Step} first @param {Mirror} mirror what *ready* showed, where they come from there */
  constructor(devices, first, mirror = new Mirror(prepare("ready"), devices)) {
    this.root = mirror.root;
    this.devices = devices;
    this.mirror = mirror;
    reveal("entering", this.root);
    say(this.root, "h1", page.entering.title);
    for (const part of [".go", ".facts"]) find(this.root, part).hidden = true;
    find(this.root, "[data-notes]").replaceChildren();
    find(this.root, "[data-steps]").hidden = false;
    find(this.root, '[data-step="link"]').hidden = first !== "link";
    this.at(first);
    const since = Date.now();
    this.timer = setInterval(() => this.#lasts(Date.now() - since), 1_000);
  }

  /** @param {Step} step what is going on now; everything before is done */
  at(step) {
    for (const each of STEPS) {
      const line = find(this.root, `[data-step="${each}"]`);
      const isDone = STEPS.indexOf(each) < STEPS.indexOf(step);
      line.classList.toggle("done", isDone);
      say(line, "b", page.entering[isDone ? "done" : "now"][each]);
      line.classList.toggle("now", each === step);
      if (each === step) line.append(find(this.root, "[data-so-far]"));
    }
  }

  /** @param {import("./api.js").View} view whom they meet, once that is known */
  meets(view) {
    say(this.root, ".lead", page.entering.with, { partner: view.partner.name, why: view.why });
  }

  /** @param {number} lasted milliseconds */
  #lasts(lasted) {
    say(this.root, "[data-so-far]", page.entering.so_far, { time: duration(lasted, language()) });
    const notes = find(this.root, "[data-notes]");
    if (lasted < SLOW_AFTER || notes.childElementCount) return;
    const without = button(page.entering.without_camera, () => this.devices.turnOff("camera"), { icon: "headphones" });
    notes.append(note(SLOW, this.devices.on.camera ? [without] : []));
    announce(`${SLOW.title}. ${SLOW.detail}`);
  }

  left() {
    clearInterval(this.timer);
    this.mirror.left();
  }
}
