// The left half of the ready and entering screens: the student's own picture, with the device cards under it. Says it when a
// device is in trouble.

import { mountDeviceCards } from "./device_cards.js";
import { deviceTroubleText } from "./device_troubles.js";
import { announce, findElement } from "./dom.js";
import { OwnPicture } from "./own_picture.js";
import { page } from "./words.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */

export class Preview {
  #disposed = new AbortController();

  /** Follows the devices until `dispose()`. @param {HTMLElement} root @param {Devices} devices */
  constructor(root, devices) {
    this.root = root;
    this.devices = devices;
    this.unmountCards = mountDeviceCards(findElement(root, "[data-devices]"), devices);
    this.video = /** @type {HTMLVideoElement} */ (findElement(root, ".picture video"));
    this.picture = new OwnPicture(this.video, devices);
    const { signal } = this.#disposed;
    devices.addEventListener("change", () => this.draw(), { signal });
    devices.addEventListener("trouble", (event) => this.#say(/** @type {CustomEvent} */ (event).detail), { signal });
    this.draw();
  }

  draw() {
    this.picture.draw();
    findElement(this.root, "[data-only-you]").hidden = this.video.hidden;
    const isInTrouble = this.devices.trouble.camera !== null;
    findElement(this.root, "[data-camera-off]").hidden = isInTrouble;
    findElement(this.root, "[data-camera-trouble]").hidden = !isInTrouble;
  }

  /** @param {Kind | "speaker"} kind the one in trouble */
  #say(kind) {
    const { speakerTrouble } = this.devices;
    if (kind === "speaker") return speakerTrouble && announce(this.root, page.speaker_trouble[speakerTrouble]);
    const { title, detail } = deviceTroubleText(kind, this.devices);
    announce(this.root, `${title}. ${detail}`);
  }

  dispose() {
    this.unmountCards();
    this.#disposed.abort();
  }
}
