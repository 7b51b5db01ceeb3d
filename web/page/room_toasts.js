// The toasts of the room: a device is in trouble, the browser blocks sound, the student speaks while muted, the agreed time is
// up, something the student asked for has failed.

import { deviceTroubleText, remedyFor } from "./device_troubles.js";
import { KINDS } from "./devices.js";
import { MutedSpeechDetector } from "./microphone_level.js";
import { Toast } from "./toast.js";
import { timeOfDay } from "./time.js";
import { fillPlaceholders, page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("./room_connection.js").RoomConnection} RoomConnection */

const TIME_IS_UP_FOR_MS = 30_000;
const REFUSAL_FOR_MS = 20_000; // a sentence about what happened, and one about what to do
/** Troubles in which the partner misses something that the student believes to be there. */
const UNNOTICED = new Set(/** @type {(string | null)[]} */ (["unplugged", "no_signal", "unsent"]));

export class RoomToasts {
  #speechDetector = new MutedSpeechDetector();
  #toldTimeIsUp = false;
  #toldSoundRefused = false;
  /** The kinds whose trouble the student is to be told of. @type {Set<Kind>} */
  #untold;
  #disposed = new AbortController();

  /** @param {Element} root @param {RoomConnection} connection @param {Devices} devices @param {() => void} openPanel */
  constructor(root, connection, devices, openPanel) {
    this.toast = new Toast(root);
    this.connection = connection;
    this.devices = devices;
    this.openPanel = openPanel;
    this.#untold = new Set(KINDS.filter((kind) => UNNOTICED.has(devices.trouble[kind])));
    const { signal } = this.#disposed;
    devices.addEventListener("trouble", (event) => this.#hearOfTrouble(/** @type {CustomEvent} */ (event).detail), { signal });
    devices.addEventListener("level", (event) => this.#hearLevel(/** @type {CustomEvent} */ (event).detail), { signal });
  }

  /** @param {import("./api.js").View} view @param {number} now milliseconds since 1970, by the server's clock */
  draw(view, now) {
    this.#offerSound();
    for (const kind of KINDS) this.#drawTrouble(kind);
    this.#tellTimeIsUp(view, now);
    if (this.devices.on.microphone) this.toast.hide("muted");
  }

  /** Tell that something the student asked for has failed. @param {string} text */
  tell(text) {
    this.toast.hide("failure"); // so that it is told again
    this.toast.show("failure", { text, closable: true });
  }

  #offerSound() {
    const { isSilenced, isSoundRefused } = this.connection;
    if (!isSilenced || isSoundRefused !== this.#toldSoundRefused) this.toast.hide("sound"); // the latter, so that it is told again
    this.#toldSoundRefused = isSoundRefused;
    if (!isSilenced) return;
    const text = isSoundRefused ? page.room.sound_still_blocked : page.room.sound_blocked;
    const action = () => this.connection.startSound();
    this.toast.show("sound", { text, label: page.room.turn_sound_on, action, durationMs: Infinity });
  }

  /** Tell once that the two may stay after the agreed length, and until when; not in the way of what asks for an answer. */
  #tellTimeIsUp(/** @type {import("./api.js").View} */ { length, times: { ends_at, closes_at } }, /** @type {number} */ now) {
    if (this.#toldTimeIsUp || ends_at === null || now < Date.parse(ends_at) || this.toast.isShown) return;
    this.#toldTimeIsUp = true;
    const text = fillPlaceholders(page.room.time_is_up, { minutes: length, time: timeOfDay(closes_at) });
    this.toast.show("time", { text, closable: true, durationMs: TIME_IS_UP_FOR_MS });
  }

  /** Drawn with the next change, because the room may not be shown yet. @param {Kind | "speaker"} kind */
  #hearOfTrouble(kind) {
    if (kind === "speaker") return this.#tellSpeakerTrouble();
    this.toast.hide(`trouble-${kind}`); // so that it is told again
    this.#untold.add(kind);
  }

  #tellSpeakerTrouble() {
    const { speakerTrouble } = this.devices;
    if (!speakerTrouble) return;
    this.toast.hide("speaker");
    const text = page.speaker_trouble[speakerTrouble];
    this.toast.show("speaker", { text, label: page.room.choose_speakers, action: this.openPanel, closable: true, durationMs: REFUSAL_FOR_MS });
  }

  /** @param {Kind} kind */
  #drawTrouble(kind) {
    const name = `trouble-${kind}`;
    const trouble = this.devices.trouble[kind];
    const isNew = this.#untold.delete(kind);
    if (!trouble) return this.toast.hide(name);
    if (!isNew && !this.toast.has(name)) return;
    const { title, detail } = deviceTroubleText(kind, this.devices);
    const durationMs = UNNOTICED.has(trouble) ? Infinity : REFUSAL_FOR_MS;
    this.toast.show(name, { ...remedyFor(kind, this.devices), text: `${title}. ${detail}`, closable: true, durationMs });
  }

  /** @param {number} level 0 to 1 */
  #hearLevel(level) {
    if (this.devices.on.microphone || !this.#speechDetector.detects(level, Date.now())) return;
    const action = () => this.devices.turnOn("microphone");
    this.toast.show("muted", { text: page.room.muted_but_speaking, label: page.room.unmute, action });
  }

  dispose() {
    this.#disposed.abort();
  }
}
