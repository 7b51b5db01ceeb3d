// The room: the partner, as large as possible, or why they are not there; the controls; and advice when something is wrong.

import { findAnotherPartner, Problem } from "./api.js";
import { ALONE_TEXTS, aloneText, AlonePanel } from "./alone_panel.js";
import { CallControls } from "./call_controls.js";
import { ConnectionStatus } from "./connection_status.js";
import { announce, findElement, prepareScreen, revealScreen, setText } from "./dom.js";
import { OwnPicture } from "./own_picture.js";
import { PartnerMedia } from "./partner_media.js";
import { HELD_FOR_MS, PartnerPresence } from "./partner_presence.js";
import { MEETING_IS_OVER, SEAT_IS_LOST } from "./problem_codes.js";
import { textFor } from "./problem_texts.js";
import { keepReport } from "./report_delivery.js";
import { RoomToasts } from "./room_toasts.js";
import { endLife, lifeOf, runLater, runRegularly } from "./screen_life.js";
import { makeMovable } from "./self_view.js";
import { explainProblem, outcomeOf } from "./session_outcome.js";
import { pollInterval, SessionPoll } from "./session_poll.js";
import { isExpected, stageOf } from "./stage.js";
import { minutesUntil, serverClockOffset, timeOfDay } from "./time.js";
import { VideoChoice } from "./video_choice.js";
import { fillPlaceholders, page } from "./words.js";

/** @typedef {import("./api.js").View} View @typedef {import("./devices.js").Devices} Devices */
/** @typedef {import("./room_connection.js").RoomConnection} RoomConnection */
/** @typedef {import("./session_outcome.js").Outcome | { left: View } | { reported: true }} RoomEnd `left`: the student pressed Leave; `reported`: Leave and report */

const REDRAW_EVERY_MS = 1_000;
/** Starting a sound blocks the browser's main thread for longer than showing a picture, so the picture comes first. */
const SOUND_AFTER_PICTURE_MS = 300;
/** Gives LiveKit time to report to our server what the page has just seen. */
const SERVER_LEARNS_WITHIN_MS = 1_000;

export class RoomScreen {
  /** @type {(end: RoomEnd) => void} */
  #end = () => {};
  #isWaiting = false;
  #wasLost = false;
  /** Whether the student is told that they are out of the room, until the next screen says why. */
  #isOut = false;
  /** The text last announced, or for which no announcement was needed. */
  #announced = "";
  #presence = new PartnerPresence();

  /** Prepare the screen behind the current one. @param {View} view @param {RoomConnection} connection @param {Devices} devices */
  constructor(view, connection, devices) {
    this.view = view;
    this.connection = connection;
    this.devices = devices;
    this.root = prepareScreen("room");
    this.life = lifeOf(this.root);
    this.life.addEventListener("abort", () => this.#release(), { once: true });
    this.clockOffset = serverClockOffset(view.times.now, Date.now());
    this.poll = this.#createPoll();
    const leave = () => this.#leave();
    this.partnerMedia = new PartnerMedia(this.root);
    this.alonePanel = new AlonePanel(this.root, { findAnother: () => this.#findAnother(), wait: () => this.#wait() });
    this.videoChoice = new VideoChoice(this.root, view.seat, () => this.#draw());
    findElement(this.root, "[data-report]").hidden = view.trial;
    this.controls = new CallControls(this.root, devices, { leave, report: () => this.#report() });
    this.status = new ConnectionStatus(this.root, connection, leave);
    this.toasts = new RoomToasts(this.root, connection, devices, () => this.controls.openPanel());
    this.ownPicture = new OwnPicture(findElement(this.root, "[data-self-view] video"), devices);
    makeMovable(findElement(this.root, "[data-self-view]"), findElement(this.root, "[data-stage]"));
  }

  /** Show the room until it ends, then dispose of it. @returns {Promise<RoomEnd>} */
  async stay() {
    const ended = /** @type {Promise<RoomEnd>} */ (new Promise((resolve) => (this.#end = resolve)));
    this.#listen();
    runRegularly(this.life, () => this.#draw(), REDRAW_EVERY_MS);
    revealScreen("room", this.root);
    this.controls.listenToKeys();
    this.#draw();
    this.poll.readLater();
    const end = await ended;
    this.dispose();
    return end;
  }

  #listen() {
    const signal = this.life;
    const draw = () => this.#draw();
    for (const event of ["partner", "connection", "sound"]) this.connection.addEventListener(event, draw, { signal });
    this.connection.addEventListener("displaced", () => this.#endWith(new Problem("displaced")), { signal });
    const ended = (/** @type {Event} */ event) => this.#endWith(/** @type {CustomEvent} */ (event).detail);
    this.connection.addEventListener("ended", ended, { signal });
    this.devices.addEventListener("change", draw, { signal });
  }

  /** Hang up and release everything. A visible screen stays; one that was only prepared is removed. */
  dispose() {
    endLife(this.root);
    if (this.root.inert) this.root.remove();
  }

  #release() {
    for (const part of [this.controls, this.partnerMedia, this.toasts]) part.dispose();
    this.connection.hangUp();
  }

  #createPoll() {
    const handlers = {
      interval: () => pollInterval(this.#stage, !this.#isLost, this.view.times.met_at !== null),
      onView: (/** @type {View} */ view) => this.#showView(view),
      onSeatLost: (/** @type {Problem} */ problem) => this.#endWith(problem),
    };
    return new SessionPoll(handlers, this.life);
  }

  /** Who was let in and is not allowed any more reads that, and not that they cannot join. @param {Problem} problem */
  async #endWith(problem) {
    this.devices.releaseAll(); // whatever the reason, this page is out of the room
    runLater(this.life, () => this.#showOut(), HELD_FOR_MS);
    this.#end(problem.code === "not_allowed" ? { problem: new Problem("removed") } : await explainProblem(problem));
  }

  /** The next screen takes long, because our server does. */
  #showOut() {
    this.#isOut = true;
    setText(this.root, "[data-interrupted] h2", page.room.out_title);
    setText(this.root, "[data-interrupted] p", page.room.out_detail);
    findElement(this.root, "[data-interrupted]").hidden = false;
    announce(this.root, `${page.room.out_title}. ${page.room.out_detail}`);
  }

  get #isLost() {
    return this.connection.state === "lost";
  }

  get #serverNow() {
    return Date.now() + this.clockOffset;
  }

  get #stage() {
    return stageOf(this.view, this.#presence.state, this.#serverNow, this.#isWaiting);
  }

  /** Ignores views that are older than the one shown. @param {View} view */
  #showView(view) {
    if (view.version < this.view.version) return;
    this.view = view;
    this.clockOffset = serverClockOffset(view.times.now, Date.now());
    const outcome = outcomeOf(view);
    if ("live" in outcome) this.#draw();
    else this.#end(outcome);
  }

  #draw() {
    if (this.life.aborted) return;
    this.controls.draw();
    if (this.#isOut || this.connection.state === "closed") return; // the next screen says what happened
    const { partner } = this.connection;
    this.#updatePresence();
    const presence = this.#presence.state;
    findElement(this.root, "[data-stage]").dataset.presence = presence;
    if (presence === "held" || presence === "missing") this.partnerMedia.hold();
    else this.#drawPartner(presence === "in" ? partner : null);
    this.#announcePresence();
    this.#drawInterruption();
    this.#drawHeader();
    this.alonePanel.draw(this.#stage, this.view, this.#serverNow);
    this.status.draw();
    this.toasts.draw(this.view, this.#serverNow);
    this.ownPicture.draw();
    this.#drawTimeLeft();
  }

  /** @param {import("livekit-client").RemoteParticipant | null} partner */
  #drawPartner(partner) {
    const isHidden = this.videoChoice.isVideoHidden(this.view);
    const isCameraOn = this.partnerMedia.draw(partner, this.view.partner.name, isHidden);
    this.videoChoice.draw(this.view, isCameraOn);
  }

  #drawInterruption() {
    const { title, lead } = ALONE_TEXTS.interrupted;
    findElement(this.root, "[data-interrupted]").hidden = this.#stage !== "interrupted" || this.#isLost;
    setText(this.root, "[data-interrupted] h2", title, { partner: this.view.partner.name });
    setText(this.root, "[data-interrupted] p", lead);
  }

  #drawHeader() {
    const { partner: { name }, why } = this.view;
    setText(this.root, "[data-name]", isExpected(this.#stage) ? page.room.waiting_for : page.room.with, { partner: name }).title = name;
    setText(this.root, "[data-why]", why);
  }

  #drawTimeLeft() {
    const { ends_at, closes_at } = this.view.times;
    findElement(this.root, "[data-time-left]").hidden = ends_at === null;
    if (ends_at === null) return;
    const values = { minutes: minutesUntil(this.#serverNow, ends_at), time: timeOfDay(closes_at) };
    setText(this.root, "[data-time-left]", values.minutes ? page.room.minutes_left : page.room.closes_at, values);
  }

  #updatePresence() {
    const before = this.#presence.state;
    if (this.#presence.update(this.connection, this.view.partner.left, Date.now())) {
      this.#isWaiting = false;
      const hasArrived = before === "out" && this.#presence.state === "in" && this.#announced !== "";
      if (hasArrived) runLater(this.life, () => this.devices.sounds.playArrival(), SOUND_AFTER_PICTURE_MS);
      this.poll.readLater(SERVER_LEARNS_WITHIN_MS);
    }
    if (this.#isLost !== this.#wasLost) this.poll.readNow();
    this.#wasLost = this.#isLost;
  }

  /** Announce it when somebody comes, leaves or disappears, or can be replaced. A lost connection of our own is announced by its status. */
  #announcePresence() {
    const stage = this.#stage;
    if (stage === "held" || this.#isLost) return;
    const text = stage === "together" ? page.room.arrived : aloneText(stage);
    if (text === this.#announced) return;
    const { partner, times, empty_minutes: empty } = this.view;
    const values = { partner: partner.name, time: timeOfDay(times.closes_at), empty };
    if (this.#announced || stage === "together") announce(this.root, fillPlaceholders(text, values));
    this.#announced = text;
  }

  #wait() {
    this.#isWaiting = true;
    this.#draw();
  }

  async #findAnother() {
    try {
      await findAnotherPartner();
    } catch (error) {
      const problem = Problem.from(error);
      if (MEETING_IS_OVER.has(problem.code) || SEAT_IS_LOST.has(problem.code)) return this.#endWith(problem);
      const { title, detail } = textFor(problem);
      this.toasts.tell(`${title}. ${detail}`);
    }
    await this.poll.readNow(); // the next screen says what happens
  }

  /** Leave immediately; our server is notified while the next screen shows. */
  #leave() {
    this.#end({ left: this.view });
  }
  /** The same, and the report is kept before anything else happens: nothing that goes wrong afterwards loses it. */
  #report() {
    keepReport("room");
    this.#end({ reported: true });
  }
}
