// Ready: the student looks at their own picture and presses Join. Entering: the same picture, and what is happening.

import { announce, button, copy, find, show } from "./dom.js";
import { drawDevices } from "./device_cards.js";
import { obstacleHere } from "./browser.js";
import { kept } from "./keep.js";
import { fill, page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {"link" | "room" | "connect"} Step */

const STEPS = /** @type {Step[]} */ (["link", "room", "connect"]);
const SLOW_AFTER = 4_000;

/** The left half of both: picture and devices. `left()` when the state changes. */
class Mirror {
  /** @param {Element} root @param {Devices} devices */
  constructor(root, devices) {
    this.root = root;
    this.devices = devices;
    this.draw = this.draw.bind(this);
    this.forget = drawDevices(find(root, "[data-devices]"), devices);
    devices.addEventListener("change", this.draw);
    this.draw();
  }

  draw() {
    const video = /** @type {HTMLVideoElement} */ (find(this.root, ".picture video"));
    showTrack(video, this.devices.tracks.camera);
    find(this.root, "[data-only-you]").hidden = video.hidden;
  }

  left() {
    this.forget();
    this.devices.removeEventListener("change", this.draw);
  }
}

/**
 * Show a picture, or nothing, in a video element.
 * @param {HTMLVideoElement} video
 * @param {MediaStreamTrack | null} track
 */
export function showTrack(video, track) {
  const shown = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks()[0] ?? null;
  video.hidden = !track;
  if (shown !== track) video.srcObject = track && new MediaStream([track]);
}

/**
 * Show *ready* until Join is pressed.
 * @param {Devices} devices
 * @returns {Promise<void>}
 */
export function ready(devices) {
  const root = show("ready");
  const mirror = new Mirror(root, devices);
  const draw = () => drawNotes(root, devices);
  draw();
  devices.addEventListener("change", draw);
  return new Promise((join) => {
    find(root, "[data-join]").onclick = () => {
      mirror.left();
      devices.removeEventListener("change", draw);
      join();
    };
  });
}

/** @param {Element} root @param {Devices} devices */
function drawNotes(root, devices) {
  const kinds = /** @type {Kind[]} */ (["camera", "microphone"]);
  const troubled = kinds.filter((kind) => devices.trouble[kind]);
  const notes = troubled.map((kind) => troubleNote(kind, devices));
  const obstacle = obstacleHere();
  if (obstacle) notes.unshift(obstacleNote(obstacle));
  find(root, "[data-notes]").replaceChildren(...notes);
  find(root, ".facts").hidden = notes.length > 0;
  find(root, "[data-join]").textContent = troubled.length ? page.ready.join_without : page.ready.join;
  find(root, "[data-under-join]").textContent = troubled.length ? page.ready.later : page.ready.camera_as_you_like;
}

/** @param {Kind} kind @param {Devices} devices */
function troubleNote(kind, devices) {
  const trouble = /** @type {import("./devices.js").Trouble} */ (devices.trouble[kind]);
  return note(page.trouble[trouble][kind], [button(page.devices.try_again, () => devices.turnOn(kind))]);
}

/** @param {import("./browser.js").Obstacle} obstacle */
function obstacleNote(obstacle) {
  return note(page.obstacle[obstacle], [button(page.obstacle.copy, copyLink)]);
}

async function copyLink() {
  const { token } = kept();
  await navigator.clipboard?.writeText(token ? `${location.origin}/j#${token}` : location.href).catch(() => {});
  announce(page.obstacle.copied);
}

/**
 * @param {{ title: string, detail: string }} words
 * @param {HTMLButtonElement[]} buttons
 */
export function note(words, buttons) {
  const made = /** @type {HTMLElement} */ (copy("note").firstElementChild);
  find(made, "[data-title]").textContent = words.title;
  find(made, "[data-detail]").textContent = words.detail;
  find(made, "[data-buttons]").append(...buttons);
  return made;
}

/** *Entering*: what is happening, step by step, and after four seconds what to do if it lasts. */
export class Entering {
  /** @param {Devices} devices */
  constructor(devices) {
    this.root = show("entering", "ready");
    this.devices = devices;
    this.mirror = new Mirror(this.root, devices);
    find(this.root, "h1").textContent = page.entering.title;
    find(this.root, ".go").hidden = true;
    find(this.root, ".facts").hidden = true;
    find(this.root, "[data-steps]").hidden = false;
    this.at("link");
    const since = Date.now();
    this.timer = setInterval(() => this.#lasts(Date.now() - since), 1_000);
  }

  /** @param {Step} step what is going on now; everything before is done */
  at(step) {
    for (const each of STEPS) {
      const line = find(this.root, `[data-step="${each}"]`);
      line.classList.toggle("done", STEPS.indexOf(each) < STEPS.indexOf(step));
      line.classList.toggle("now", each === step);
    }
  }

  /** @param {import("./api.js").View} view whom they meet, once that is known */
  meets(view) {
    find(this.root, ".lead").textContent = fill(page.entering.with, { partner: view.partner.name, why: view.why });
  }

  /** @param {number} lasted milliseconds */
  #lasts(lasted) {
    find(this.root, "[data-so-far]").textContent = fill(page.entering.so_far, { seconds: Math.round(lasted / 1000) });
    const notes = find(this.root, "[data-notes]");
    if (lasted < SLOW_AFTER || notes.childElementCount) return;
    const lighter = this.devices.on.camera ? [button(page.entering.without_camera, () => this.devices.turnOff("camera"))] : [];
    notes.append(note({ title: page.entering.slow_title, detail: page.entering.slow }, lighter));
    announce(page.entering.slow_title);
  }

  left() {
    clearInterval(this.timer);
    this.mirror.left();
  }
}
