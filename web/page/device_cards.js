// The cards with which devices are turned on, chosen and tested; the same on ready and in the panel of the room.

import { copy, find } from "./dom.js";
import { listen } from "./level.js";
import * as sounds from "./sounds.js";
import { fill, page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

const BARS = 12;
const KINDS = /** @type {Kind[]} */ (["microphone", "camera"]);

/**
 * Draw the cards into `root` and keep them true; call what is returned when they go.
 * @param {Element} root
 * @param {Devices} devices
 */
export function drawDevices(root, devices) {
  const cards = KINDS.map((kind) => new DeviceCard(kind, devices));
  const speakers = speakersCard(devices);
  root.replaceChildren(...cards.map((card) => card.node), speakers.node);
  const draw = () => {
    for (const card of cards) card.draw();
    speakers.draw();
  };
  draw();
  devices.addEventListener("change", draw);
  return () => {
    devices.removeEventListener("change", draw);
    for (const card of cards) card.stop();
  };
}

class DeviceCard {
  /** @type {() => void} */
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
    find(this.node, "[data-choice-label]").textContent = page.devices.name[kind];
    const select = find(this.node, "select");
    select.onchange = () => devices.turnOn(kind, /** @type {HTMLSelectElement} */ (select).value);
  }

  draw() {
    const { devices, kind, node } = this;
    const on = devices.on[kind];
    node.toggleAttribute("data-on", on);
    find(node, "[data-label]").textContent = page.devices[on ? "is_on" : "is_off"][kind];
    find(node, "[data-hint]").textContent = this.#hint(on);
    const toggle = find(node, "[data-switch]");
    toggle.setAttribute("aria-checked", String(on));
    toggle.setAttribute("aria-label", page.devices[on ? "turn_off" : "turn_on"][kind]);
    options(node, devices.of(kind), devices.chosen(kind), kind);
    this.#hear(kind === "microphone" && on ? devices.tracks.microphone : null);
  }

  /** @param {boolean} on */
  #hint(on) {
    if (this.devices.asking[this.kind]) return page.devices.asking;
    if (this.devices.trouble[this.kind] === "blocked") return page.devices.blocked;
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
    this.#deaf = listen(track, (loud) => bars.forEach((bar, index) => bar.classList.toggle("lit", index < loud * BARS)));
  }

  stop() {
    this.#hear(null);
  }
}

/** @param {Devices} devices */
function speakersCard(devices) {
  const node = /** @type {HTMLElement} */ (copy("speakers").firstElementChild);
  const select = /** @type {HTMLSelectElement} */ (find(node, "select"));
  find(node, "[data-test]").onclick = () => sounds.test();
  select.onchange = () => devices.speakThrough(select.value);
  const canChoose = "setSinkId" in HTMLMediaElement.prototype;
  return {
    node,
    draw() {
      const some = canChoose ? devices.of("speaker") : [];
      options(node, some, devices.speaker, "speakers");
      find(node, "[data-same]").hidden = some.length > 0;
    },
  };
}

/**
 * @param {HTMLElement} node
 * @param {MediaDeviceInfo[]} some
 * @param {string} chosen
 * @param {"microphone" | "camera" | "speakers"} kind
 */
function options(node, some, chosen, kind) {
  const select = /** @type {HTMLSelectElement} */ (find(node, "select"));
  find(node, "[data-choice]").hidden = some.length === 0;
  if (document.activeElement === select && select.options.length === some.length) return;
  select.replaceChildren(
    ...some.map((device, index) => {
      const name = device.label || fill(page.devices.nameless, { device: page.devices.name[kind], number: index + 1 });
      return new Option(name, device.deviceId, false, device.deviceId === chosen);
    }),
  );
}
