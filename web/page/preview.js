// The left half of the ready and entering screens: the student's own picture, with the device cards under it.

import { mountDeviceCards } from "./device_cards.js";
import { findElement, showTrack } from "./dom.js";

/** @typedef {import("./devices.js").Devices} Devices */

export class Preview {
  /** Follows the devices until `dispose()`. @param {HTMLElement} root @param {Devices} devices */
  constructor(root, devices) {
    this.root = root;
    this.devices = devices;
    this.draw = this.draw.bind(this);
    this.unmountCards = mountDeviceCards(findElement(root, "[data-devices]"), devices);
    devices.addEventListener("change", this.draw);
    this.draw();
  }

  draw() {
    const video = /** @type {HTMLVideoElement} */ (findElement(this.root, ".picture video"));
    showTrack(video, this.devices.tracks.camera);
    findElement(this.root, "[data-only-you]").hidden = video.hidden;
    const isInTrouble = this.devices.trouble.camera !== null;
    findElement(this.root, "[data-camera-off]").hidden = isInTrouble;
    findElement(this.root, "[data-camera-trouble]").hidden = !isInTrouble;
  }

  dispose() {
    this.unmountCards();
    this.devices.removeEventListener("change", this.draw);
  }
}
