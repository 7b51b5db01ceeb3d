// The cards that turn devices on, choose and test them; the same on the ready screen and in the room's panel.

import { KINDS } from "./devices.js";
import { announce, cloneTemplate, findElement, onPress, setText } from "./dom.js";
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
  const mounted = new AbortController();
  const { signal } = mounted;
  const draw = () => cards.forEach((card) => card.draw());
  draw();
  devices.addEventListener("change", draw, { signal });
  const showLevel = (/** @type {Event} */ event) => drawLevel(root, /** @type {CustomEvent} */ (event).detail);
  devices.addEventListener("level", showLevel, { signal });
  return () => mounted.abort();
}

/** @param {Element} root @param {number} level 0 to 1 */
function drawLevel(root, level) {
  root.querySelectorAll("[data-level] > i").forEach((bar, index) => bar.classList.toggle("lit", index < level * LEVEL_BARS));
}

class DeviceCard {
  /** @param {Kind} kind @param {Devices} devices */
  constructor(kind, devices) {
    this.kind = kind;
    this.devices = devices;
    this.node = /** @type {HTMLElement} */ (cloneTemplate("device").firstElementChild);
    findElement(this.node, ".badge").append(findElement(cloneTemplate("device-icons"), `[data-device-icon="${kind}"]`));
    if (kind === "microphone") {
      findElement(this.node, "[data-level]").append(...Array.from({ length: LEVEL_BARS }, () => document.createElement("i")));
    }
    findElement(this.node, "[data-switch]").onclick = () => devices.toggle(kind);
    setText(this.node, "[data-choice-label]", page.devices.name[kind]);
    const select = /** @type {HTMLSelectElement} */ (findElement(this.node, "select"));
    select.onchange = () => devices.choose(kind, select.value);
  }

  draw() {
    const { devices, kind, node } = this;
    const isOn = devices.on[kind];
    node.toggleAttribute("data-on", isOn);
    setText(node, "[data-label]", page.devices[isOn ? "is_on" : "is_off"][kind]);
    setText(node, "[data-hint]", this.#hintText(isOn));
    const toggle = findElement(node, "[data-switch]");
    toggle.setAttribute("aria-checked", String(isOn));
    toggle.setAttribute("aria-busy", String(devices.isRequesting[kind]));
    toggle.setAttribute("aria-label", page.devices[isOn ? "turn_off" : "turn_on"][kind]);
    drawChoices(node, devices.available(kind), devices.chosenId(kind));
    findElement(node, "[data-level]").hidden = kind !== "microphone" || !isOn;
  }

  /** @param {boolean} isOn */
  #hintText(isOn) {
    const trouble = this.devices.trouble[this.kind];
    if (this.devices.isRequesting[this.kind]) return page.devices.asking;
    if (trouble) return page.devices.short_trouble[trouble];
    if (this.kind === "camera") return isOn ? page.devices.mirrored : page.devices.off_is_welcome;
    const isAllowed = this.devices.available(this.kind).length > 0;
    return isOn || isAllowed ? "" : page.devices.allow;
  }
}

class SpeakersCard {
  /** Whether the test sound was played; null before the first test. @type {boolean | null} */
  #hasPlayed = null;

  /** @param {Devices} devices */
  constructor(devices) {
    this.devices = devices;
    this.node = /** @type {HTMLElement} */ (cloneTemplate("speakers").firstElementChild);
    onPress(findElement(this.node, "[data-test-sound]"), () => this.#test());
    const select = /** @type {HTMLSelectElement} */ (findElement(this.node, "select"));
    select.onchange = () => devices.chooseSpeaker(select.value);
  }

  draw() {
    const canChoose = "setSinkId" in HTMLMediaElement.prototype;
    const speakers = canChoose ? this.devices.available("speaker") : [];
    drawChoices(this.node, speakers, this.devices.speaker);
    findElement(this.node, "[data-system-speaker]").hidden = speakers.length > 0;
    const hint = setText(this.node, "[data-hint]", this.#hintText());
    hint.hidden = !hint.textContent;
  }

  #hintText() {
    if (this.devices.speakerTrouble) return page.speaker_trouble[this.devices.speakerTrouble];
    if (this.#hasPlayed === null) return "";
    return this.#hasPlayed ? page.devices.sound_played : page.devices.sound_failed;
  }

  /** Play a sound, and say what to do if none is heard: only the student knows. */
  async #test() {
    this.#hasPlayed = await this.devices.sounds.playTest().then(() => true, () => false);
    this.draw();
    announce(this.node, this.#hintText());
  }
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
