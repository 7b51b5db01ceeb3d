// The entering screen: the preview of the ready screen, the steps of joining, and advice when joining takes long.

import { announce, createButton, createNote, findElement, prepareScreen, revealScreen, setText } from "./dom.js";
import { Preview } from "./preview.js";
import { endLife, lifeOf, runRegularly } from "./screen_life.js";
import { durationText } from "./time.js";
import { page, pageLanguage } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices */
/** @typedef {"link" | "room" | "connect"} Step */

const STEPS = /** @type {Step[]} */ (["link", "room", "connect"]);
const UPDATE_EVERY_MS = 1_000;
const SLOW_AFTER_MS = 4_000;

export class EnteringScreen {
  #isChecking = false;

  /** Show the screen. @param {Devices} devices @param {Step} firstStep @param {Preview} preview the ready screen's, if it was shown */
  constructor(devices, firstStep, preview = new Preview(prepareScreen("ready"), devices)) {
    this.root = preview.root;
    this.devices = devices;
    revealScreen("entering", this.root);
    const life = lifeOf(this.root);
    life.addEventListener("abort", () => preview.dispose());
    setText(this.root, "h1", page.entering.title);
    for (const part of [".join-action", ".facts"]) findElement(this.root, part).hidden = true;
    findElement(this.root, "[data-notes]").replaceChildren();
    findElement(this.root, "[data-steps]").hidden = false;
    findElement(this.root, '[data-step="link"]').hidden = firstStep !== "link";
    this.showStep(firstStep);
    const since = Date.now();
    runRegularly(life, () => this.#showElapsed(Date.now() - since), UPDATE_EVERY_MS);
  }

  /** @param {Step} current the step in progress; those before it are done */
  showStep(current) {
    this.#isChecking = false;
    for (const step of STEPS) {
      const node = findElement(this.root, `[data-step="${step}"]`);
      const isDone = STEPS.indexOf(step) < STEPS.indexOf(current);
      node.classList.toggle("done", isDone);
      setText(node, "b", page.entering[isDone ? "done" : "now"][step]);
      node.classList.toggle("now", step === current);
      if (step === current) node.append(findElement(this.root, "[data-elapsed]"));
    }
  }

  /** Show that our server asks Discord about the student first; the step in progress is "room". */
  showChecking() {
    this.#isChecking = true;
    setText(findElement(this.root, '[data-step="room"]'), "b", page.entering.checking);
  }

  /** Show whom the student meets. @param {import("./api.js").View} view */
  showPartner(view) {
    setText(this.root, ".lead", page.entering.with, { partner: view.partner.name, why: view.why });
  }

  /** @param {number} elapsedMs */
  #showElapsed(elapsedMs) {
    setText(this.root, "[data-elapsed]", page.entering.so_far, { time: durationText(elapsedMs, pageLanguage()) });
    const notes = findElement(this.root, "[data-notes]");
    if (elapsedMs < SLOW_AFTER_MS || notes.childElementCount) return;
    const turnCameraOff = () => this.devices.turnOff("camera");
    const withoutCamera = createButton(page.entering.without_camera, turnCameraOff, { icon: "headphones" });
    const { slow_title: title, slow, slow_checking } = page.entering;
    const detail = this.#isChecking ? slow_checking : slow;
    notes.append(createNote({ title, detail }, this.devices.on.camera && !this.#isChecking ? [withoutCamera] : []));
    announce(this.root, `${title}. ${detail}`);
  }

  /** Stop updating; the next screen replaces what is shown. */
  dispose() {
    endLife(this.root);
  }
}
