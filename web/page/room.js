// The room: the partner as large as can be, or why they are not there; the bar; what to do when something is wrong.

import { findAnother, leave, Problem, readSession } from "./api.js";
import { Alone } from "./alone.js";
import { Bar } from "./bar.js";
import { announce, button, find, show } from "./dom.js";
import { ahead, minutesUntil } from "./moments.js";
import { PartnerPicture } from "./partner.js";
import { showTrack } from "./ready.js";
import * as sounds from "./sounds.js";
import { askAgainAfter, isOver, stageOf } from "./stage.js";
import { makeMovable } from "./tile.js";
import { fill, page } from "./words.js";

/** @typedef {import("./api.js").View} View @typedef {import("./devices.js").Devices} Devices @typedef {import("./call.js").Call} Call */
/** @typedef {{ view: View } | { problem: Problem } | { displaced: true }} End how it ended: left or over, a problem, another device */

export class Room {
  /** @type {(end: End) => void} */
  #end = () => {};
  #patient = false;
  #wasIn = false;
  #before = /** @type {import("./call.js").Connection} */ ("good");
  #asking = 0;

  /** @param {View} view @param {Call} call @param {Devices} devices */
  constructor(view, call, devices) {
    this.view = view;
    this.call = call;
    this.devices = devices;
    this.root = show("room");
    this.ahead = ahead(view.times.now, Date.now());
    this.picture = new PartnerPicture(this.root);
    this.alone = new Alone(this.root, { another: () => this.#another(), wait: () => this.#wait(), stop: () => this.#leave() });
    this.bar = new Bar(this.root, devices, () => this.#leave());
    makeMovable(find(this.root, "[data-tile]"), find(this.root, "[data-stage]"));
    find(this.root, "[data-trouble-buttons]").append(
      button(page.problem.try_now, () => call.tryNow(), true),
      button(page.room.leave, () => this.#leave()),
    );
  }

  /** Stay until it ends. @returns {Promise<End>} */
  async stay() {
    const draw = () => this.#draw();
    const changes = /** @type {[EventTarget, string, (event: Event) => void][]} */ ([
      [this.call, "partner", () => (draw(), this.#ask())],
      [this.call, "connection", draw],
      [this.call, "sound", draw],
      [this.call, "displaced", () => this.#end({ displaced: true })],
      [this.call, "ended", (event) => this.#end({ problem: /** @type {CustomEvent<Problem>} */ (event).detail })],
      [this.devices, "change", draw],
    ]);
    for (const [source, name, hear] of changes) source.addEventListener(name, hear);
    const ticking = setInterval(draw, 1_000);
    const ended = new Promise((end) => (this.#end = end));
    draw();
    this.#ask();
    const end = await ended;
    clearTimeout(this.#asking);
    clearInterval(ticking);
    for (const [source, name, hear] of changes) source.removeEventListener(name, hear);
    this.bar.left();
    return end;
  }

  get #stage() {
    return stageOf(this.view, this.call.partner !== null, Date.now() + this.ahead, this.#patient);
  }

  /** Ask the server how it stands, now and then again. */
  async #ask() {
    clearTimeout(this.#asking);
    try {
      this.view = await readSession();
      this.ahead = ahead(this.view.times.now, Date.now());
      if (isOver(this.view)) return this.#end({ view: this.view });
      this.#draw();
    } catch (error) {
      if (error instanceof Problem && ["session_replaced", "session_ended", "no_session", "other_seat"].includes(error.code)) {
        return this.#end({ problem: error });
      }
    }
    clearTimeout(this.#asking);
    this.#asking = window.setTimeout(() => this.#ask(), askAgainAfter(this.#stage, this.call.connection === "good"));
  }

  #draw() {
    const { view, call, root } = this;
    const stage = this.#stage;
    const partner = call.partner;
    this.#greet(partner !== null);
    find(root, "[data-name]").textContent = stage === "waiting" || stage === "may-choose" ? fill(page.room.waiting_for, { partner: view.partner.name }) : view.partner.name;
    find(root, "[data-why]").textContent = view.why;
    this.picture.draw(partner, view.partner.name);
    this.alone.draw(stage, view);
    this.bar.draw();
    showTrack(find(root, "[data-tile] video"), this.devices.tracks.camera);
    this.#drawClock();
    this.#drawConnection();
    this.#drawSound();
  }

  /** @param {boolean} isIn */
  #greet(isIn) {
    if (isIn && !this.#wasIn) {
      sounds.arrival();
      announce(fill(page.room.arrived, { partner: this.view.partner.name }));
      this.#patient = false;
    }
    if (!isIn && this.#wasIn && this.call.connection === "good") announce(page.room.left_title);
    this.#wasIn = isIn;
  }

  #drawClock() {
    const { ends_at } = this.view.times;
    const clock = find(this.root, "[data-clock]");
    clock.hidden = ends_at === null;
    if (ends_at === null) return;
    const minutes = minutesUntil(Date.now() + this.ahead, ends_at);
    clock.textContent = minutes ? fill(page.room.minutes_left, { minutes }) : page.room.minutes_over;
  }

  #drawConnection() {
    const { connection, attempt, nextTryAt } = this.call;
    const quality = connection === "weak" || connection === "lost" ? connection : "good";
    const shown = find(this.root, "[data-connection]");
    shown.dataset.quality = quality;
    find(shown, "[data-connection-words]").textContent = page.room.quality[quality];
    if (connection !== this.#before) announce(connection === "good" ? page.room.back : page.room.quality[quality]);
    this.#before = connection;
    const gone = connection === "lost" && attempt > 0;
    find(this.root, "[data-stage]").classList.toggle("lost", connection === "lost");
    find(this.root, "[data-trouble]").hidden = !gone;
    find(this.root, "[data-trouble-title]").textContent = page.room.lost_title;
    const seconds = Math.max(0, Math.ceil((nextTryAt - Date.now()) / 1000));
    const next = nextTryAt ? fill(page.room.lost_next, { attempt, seconds }) : fill(page.room.lost_now, { attempt });
    find(this.root, "[data-trouble-detail]").textContent = `${page.room.lost_detail} ${next}`;
  }

  #drawSound() {
    const toast = find(this.root, "[data-toast]");
    toast.hidden = !this.call.silenced;
    find(toast, "[data-toast-words]").textContent = page.room.sound_blocked;
    const press = find(toast, "[data-toast-button]");
    press.textContent = page.room.turn_sound_on;
    press.onclick = () => this.call.startSound();
  }

  #wait() {
    this.#patient = true;
    this.#draw();
  }

  async #another() {
    try {
      await findAnother();
      announce(page.room.looking);
    } catch (error) {
      if (error instanceof Problem && error.code === "too_early") announce(page.room.too_early);
    }
    await this.#ask();
  }

  async #leave() {
    await leave().catch(() => {});
    const now = new Date(Date.now() + this.ahead).toISOString();
    const view = await readSession().catch(() => ({ ...this.view, state: /** @type {const} */ ("after"), times: { ...this.view.times, left_at: now } }));
    this.#end({ view });
  }
}
