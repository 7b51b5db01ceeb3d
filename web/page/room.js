// The room: the partner as large as can be, or why they are not there; the bar; what to do when something is wrong.

import { findAnother, Problem, readSession } from "./api.js";
import { Alone } from "./alone.js";
import { Bar } from "./bar.js";
import { ConnectionSign } from "./connection.js";
import { announce, find, prepare, reveal, say, showTrack } from "./dom.js";
import { ahead, minutesUntil } from "./moments.js";
import { Nudges } from "./nudges.js";
import { PartnerPicture } from "./partner.js";
import { askAgainAfter, isOver, stageOf } from "./stage.js";
import { makeMovable } from "./tile.js";
import { fill, page } from "./words.js";

/** @typedef {import("./api.js").View} View @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./call.js").Call} Call */
/** @typedef {{ over: View } | { left: View } | { problem: Problem }} End how it ended; `left` is the student's own way */

const FINAL = new Set(["session_replaced", "session_ended", "no_session", "other_seat"]);
const COMES_BACK_WITHIN = 5_000;
const AFTER_THE_PICTURE = 300; // making a sound takes a browser's main thread longer than showing a picture
const LIVEKIT_TELLS_WITHIN = 1_000; // our server, of what we have just seen ourselves

export class Room {
  /** @type {(end: End) => void} */
  #end = () => {};
  #patient = false;
  #partnerIn = false;
  #wasLost = false;
  #expectedUntil = 0;
  /** @type {number | undefined} */
  #asking;
  #quit = new AbortController();

  /** @param {View} view @param {Call} call @param {Devices} devices */
  constructor(view, call, devices) {
    this.view = view;
    this.call = call;
    this.devices = devices;
    this.root = prepare("room");
    this.ahead = ahead(view.times.now, Date.now());
    const leave = () => this.#leave();
    this.picture = new PartnerPicture(this.root);
    this.alone = new Alone(this.root, { another: () => this.#another(), wait: () => this.#wait(), stop: leave });
    this.bar = new Bar(this.root, devices, leave);
    this.sign = new ConnectionSign(this.root, call, leave);
    this.nudges = new Nudges(this.root, call, devices, () => this.bar.open());
    makeMovable(find(this.root, "[data-tile]"), find(this.root, "[data-stage]"));
  }

  /** Stay until it ends. @returns {Promise<End>} */
  async stay() {
    const { signal } = this.#quit;
    const draw = () => this.#draw();
    for (const event of ["partner", "connection", "sound"]) this.call.addEventListener(event, draw, { signal });
    this.call.addEventListener("displaced", () => this.#end({ problem: new Problem("displaced") }), { signal });
    this.call.addEventListener("ended", (event) => this.#end({ problem: /** @type {CustomEvent} */ (event).detail }), { signal });
    this.devices.addEventListener("change", draw, { signal });
    const ticking = setInterval(draw, 1_000);
    const ended = /** @type {Promise<End>} */ (new Promise((end) => (this.#end = end)));
    reveal("room", this.root);
    this.bar.listen();
    draw();
    this.#askLater();
    const end = await ended;
    clearInterval(ticking);
    this.left();
    return end;
  }

  /** Hang up, and let go of everything. */
  left() {
    this.#quit.abort();
    clearTimeout(this.#asking);
    for (const part of [this.bar, this.picture, this.nudges]) part.left();
    this.call.hangUp();
    if (this.root.inert) this.root.remove();
  }

  get #now() {
    return Date.now() + this.ahead;
  }

  get #stage() {
    return stageOf(this.view, this.#partnerIn, this.#now, this.#patient);
  }

  /** Ask the server how it stands, now and then again. */
  async #ask() {
    clearTimeout(this.#asking);
    try {
      this.#learn(await readSession());
    } catch (error) {
      if (error instanceof Problem && FINAL.has(error.code)) return this.#end({ problem: error });
    }
    this.#askLater();
  }

  /** @param {number} [pause] milliseconds */
  #askLater(pause = askAgainAfter(this.#stage, this.call.connection !== "lost", this.view.times.met_at !== null)) {
    clearTimeout(this.#asking);
    if (!this.#quit.signal.aborted) this.#asking = window.setTimeout(() => this.#ask(), pause);
  }

  /** @param {View} view */
  #learn(view) {
    if (view.version < this.view.version) return;
    this.view = view;
    this.ahead = ahead(view.times.now, Date.now());
    if (isOver(view)) this.#end({ over: view });
    else this.#draw();
  }

  #draw() {
    if (this.#quit.signal.aborted) return;
    const { view, call, root } = this;
    const { partner } = call;
    this.picture.hold(call.connection === "lost");
    this.#notice(partner !== null);
    if (partner || !this.#partnerIn) this.picture.draw(partner, view.partner.name); // else its last moment stays
    const stage = this.#stage;
    const waits = stage === "waiting" || stage === "may-choose";
    const { name } = view.partner;
    say(root, "[data-name]", waits ? page.room.waiting_for : page.room.with, { partner: name }).title = name;
    say(root, "[data-why]", view.why);
    this.alone.draw(stage, view, this.#now);
    this.bar.draw();
    this.sign.draw();
    this.nudges.draw();
    showTrack(find(root, "[data-tile] video"), this.devices.on.camera ? this.devices.tracks.camera : null);
    this.#drawClock();
  }

  /** Who is there. While the connection is lost, and a moment after, the partner counts as being where they were. */
  #notice(/** @type {boolean} */ seen) {
    const lost = this.call.connection === "lost";
    if (this.#wasLost && !lost) this.#expectedUntil = Date.now() + COMES_BACK_WITHIN;
    const changed = lost !== this.#wasLost;
    this.#wasLost = lost;
    const isIn = seen || (this.#partnerIn && (lost || Date.now() < this.#expectedUntil));
    if (isIn !== this.#partnerIn) this.#greet(isIn);
    else if (changed) this.#ask();
  }

  /** @param {boolean} isIn */
  #greet(isIn) {
    this.#partnerIn = isIn;
    this.#patient = false;
    if (isIn) setTimeout(() => this.devices.sounds.arrival(), AFTER_THE_PICTURE);
    announce(isIn ? fill(page.room.arrived, { partner: this.view.partner.name }) : page.room.left_title);
    this.#askLater(LIVEKIT_TELLS_WITHIN);
  }

  #drawClock() {
    const { ends_at } = this.view.times;
    find(this.root, "[data-clock]").hidden = ends_at === null;
    if (ends_at === null) return;
    const minutes = minutesUntil(this.#now, ends_at);
    say(this.root, "[data-clock]", minutes ? page.room.minutes_left : page.room.minutes_over, { minutes });
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

  /** Out at once; the server hears of it while *over* is on the screen. */
  #leave() {
    this.#end({ left: this.view });
  }
}
