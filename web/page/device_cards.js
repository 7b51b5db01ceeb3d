// The cards with which devices are turned on, chosen and tested; the same on ready and in the panel of the room.

import { copy, find, say } from "./dom.js";
import { KINDS } from "./devices.js";
import { listen } from "./level.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

const BARS = 12;

/**
 * Draw the cards into `root` and keep them true; call what is returned when they go.
 * @param {Element} root
 * @param {Devices} devices
 */
export function drawDevices(root, devices) {
  const cards = [...KINDS.map((kind) => new DeviceCard(kind, devices)), new SpeakersCard(devices)];
  root.replaceChildren(...cards.map((card) => card.node));
  const draw = () => cards.forEach((card) => card.draw());
  draw();
  devices.addEventListener("change", draw);
  return () => {
    devices.removeEventListener("change", draw);
    for (const card of cards) card.stop();
  };
}

class DeviceCard {
  #deaf = () => {};
  /** @type {MediaStreamTrack | null} */
  #heard = null;

  /** @param {Kind} kind @param {Devices} devices */
  constructor(kind, devices) {
    this.kind = kind;
    this.devices = devices;
    this.node = /** @type {HTMLElement} */ (copy("device").firstElementChild);
    find(this.node, ".sign").append(find(copy("signs"), `[data-sign="${kind}"]`));
    find(this.node, "[data-level]").append(...Array.from({ length: BARS }, () => document.createElement("i")));
    find(this.node, "[data-switch]").onclick = () => devices.toggle(kind);
    say(this.node, "[data-choice-label]", page.devices.name[kind]);
    const select = /** @type {HTMLSelectElement} */ (find(this.node, "select"));
    select.onchange = () => devices.turnOn(kind, select.value);
  }

  draw() {
    const { devices, kind, node } = this;
    const on = devices.on[kind];
    node.toggleAttribute("data-on", on);
    say(node, "[data-label]", page.devices[on ? "is_on" : "is_off"][kind]);
    say(node, "[data-hint]", this.#hint(on));
    const toggle = find(node, "[data-switch]");
    toggle.setAttribute("aria-checked", String(on));
    toggle.setAttribute("aria-label", page.devices[on ? "turn_off" : "turn_on"][kind]);
    offer(node, devices.of(kind), devices.chosen(kind));
    this.#hear(kind === "microphone" && on ? devices.tracks.microphone : null);
  }

  /** @param {boolean} on */
  #hint(on) {
    const trouble = this.devices.trouble[this.kind];
    if (this.devices.asking[this.kind]) return page.devices.asking;
    if (trouble && !on) return page.devices.short_trouble[trouble];
    if (this.kind === "camera") return on ? page.devices.mirrored : page.devices.off_is_welcome;
    return on ? "" : page.devices.allow;
  }

  /** @param {MediaStreamTrack | null} track */
  #hear(track) {
    if (track === this.#heard) return;
    this.#deaf();
    this.#deaf = () => {};
    this.#heard = track;
    const level = find(this.node, "[data-level]");
    level.hidden = !track;
    if (!track) return;
    const bars = [...level.children];
    this.#deaf = listen(track, (loud) => bars.forEach((bar, place) => bar.classList.toggle("lit", place < loud * BARS)));
  }

  stop() {
    this.#hear(null);
  }
}

class SpeakersCard {
  /** @param {Devices} devices */
  constructor(devices) {
    this.devices = devices;
    this.node = /** @type {HTMLElement} */ (copy("speakers").firstElementChild);
    find(this.node, "[data-test]").onclick = () => devices.sounds.test();
    const select = /** @type {HTMLSelectElement} */ (find(this.node, "select"));
    select.onchange = () => devices.speakThrough(select.value);
  }

  draw() {
    const canChoose = "setSinkId" in HTMLMediaElement.prototype;
    const some = canChoose ? this.devices.of("speaker") : [];
    offer(this.node, some, this.devices.speaker);
    find(this.node, "[data-same]").hidden = some.length > 0;
  }

  stop() {}
}

/**
 * Offer some devices to choose from; nobody's open list is taken away while it stays the same.
 * @param {HTMLElement} node
 * @param {MediaDeviceInfo[]} some
 * @param {string} chosen
 */
function offer(node, some, chosen) {
  const select = /** @type {HTMLSelectElement} */ (find(node, "select"));
  find(node, "[data-choice]").hidden = some.length === 0;
  const ids = some.map((device) => device.deviceId).join();
  if (select.dataset.ids !== ids) {
    select.dataset.ids = ids;
    select.replaceChildren(...some.map((device) => new Option(device.label, device.deviceId)));
  }
  select.value = some.some((device) => device.deviceId === chosen) ? chosen : (some[0]?.deviceId ?? "");
}
