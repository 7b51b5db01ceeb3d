// The cards that turn devices on, choose and test them; the same on the ready screen and in the room's panel.

import { KINDS } from "./devices.js";
import { cloneTemplate, findElement, setText } from "./dom.js";
import { watchLevel } from "./microphone_level.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

const LEVEL_BARS = 12;

/**
 * Put the cards into `root` and keep them up to date until the returned function is called.
 * @param {Element} root
 * @param {Devices} devices
 */
export function mountDeviceCards(root, devices) {
  const cards = [...KINDS.map((kind) => new DeviceCard(kind, devices)), new SpeakersCard(devices)];
  root.replaceChildren(...cards.map((card) => card.node));
  const draw = () => cards.forEach((card) => card.draw());
  draw();
  devices.addEventListener("change", draw);
  return () => {
    devices.removeEventListener("change", draw);
    for (const card of cards) card.dispose();
  };
}

class DeviceCard {
  #stopLevel = () => {};
  /** @type {MediaStreamTrack | null} */
  #levelTrack = null;

  /** @param {Kind} kind @param {Devices} devices */
  constructor(kind, devices) {
    this.kind = kind;
    this.devices = devices;
    this.node = /** @type {HTMLElement} */ (cloneTemplate("device").firstElementChild);
    findElement(this.node, ".badge").append(findElement(cloneTemplate("device-icons"), `[data-device-icon="${kind}"]`));
    const bars = Array.from({ length: LEVEL_BARS }, () => document.createElement("i"));
    findElement(this.node, "[data-level]").append(...bars);
    findElement(this.node, "[data-switch]").onclick = () => devices.toggle(kind);
    setText(this.node, "[data-choice-label]", page.devices.name[kind]);
    const select = /** @type {HTMLSelectElement} */ (findElement(this.node, "select"));
    select.onchange = () => devices.turnOn(kind, select.value);
  }

  draw() {
    const { devices, kind, node } = this;
    const isOn = devices.on[kind];
    node.toggleAttribute("data-on", isOn);
    setText(node, "[data-label]", page.devices[isOn ? "is_on" : "is_off"][kind]);
    setText(node, "[data-hint]", this.#hintText(isOn));
    const toggle = findElement(node, "[data-switch]");
    toggle.setAttribute("aria-checked", String(isOn));
    toggle.setAttribute("aria-label", page.devices[isOn ? "turn_off" : "turn_on"][kind]);
    drawChoices(node, devices.available(kind), devices.chosenId(kind));
    this.#showLevelOf(kind === "microphone" && isOn ? devices.tracks.microphone : null);
  }

  /** @param {boolean} isOn */
  #hintText(isOn) {
    const trouble = this.devices.trouble[this.kind];
    if (this.devices.isRequesting[this.kind]) return page.devices.asking;
    if (trouble && !isOn) return page.devices.short_trouble[trouble];
    if (this.kind === "camera") return isOn ? page.devices.mirrored : page.devices.off_is_welcome;
    return isOn ? "" : page.devices.allow;
  }

  /** @param {MediaStreamTrack | null} track */
  #showLevelOf(track) {
    if (track === this.#levelTrack) return;
    this.#stopLevel();
    this.#stopLevel = () => {};
    this.#levelTrack = track;
    const meter = findElement(this.node, "[data-level]");
    meter.hidden = !track;
    if (!track) return;
    const bars = [...meter.children];
    this.#stopLevel = watchLevel(track, (level) =>
      bars.forEach((bar, index) => bar.classList.toggle("lit", index < level * LEVEL_BARS)),
    );
  }

  dispose() {
    this.#showLevelOf(null);
  }
}

class SpeakersCard {
  /** @param {Devices} devices */
  constructor(devices) {
    this.devices = devices;
    this.node = /** @type {HTMLElement} */ (cloneTemplate("speakers").firstElementChild);
    findElement(this.node, "[data-test-sound]").onclick = () => devices.sounds.playTest();
    const select = /** @type {HTMLSelectElement} */ (findElement(this.node, "select"));
    select.onchange = () => devices.chooseSpeaker(select.value);
  }

  draw() {
    const canChoose = "setSinkId" in HTMLMediaElement.prototype;
    const speakers = canChoose ? this.devices.available("speaker") : [];
    drawChoices(this.node, speakers, this.devices.speaker);
    findElement(this.node, "[data-system-speaker]").hidden = speakers.length > 0;
  }

  dispose() {}
}

/**
 * Offer devices to choose from. The options are replaced only if they changed, so that an open list stays open.
 * @param {HTMLElement} node
 * @param {MediaDeviceInfo[]} choices
 * @param {string} chosenId
 */
function drawChoices(node, choices, chosenId) {
  const select = /** @type {HTMLSelectElement} */ (findElement(node, "select"));
  findElement(node, "[data-choice]").hidden = choices.length === 0;
  const ids = choices.map((device) => device.deviceId).join();
  if (select.dataset.ids !== ids) {
    select.dataset.ids = ids;
    select.replaceChildren(...choices.map((device) => new Option(device.label, device.deviceId)));
  }
  select.value = choices.some((device) => device.deviceId === chosenId) ? chosenId : (choices[0]?.deviceId ?? "");
}
