// The left half of ready and entering: one's own picture, and the devices under it.

import { drawDevices } from "./device_cards.js";
import { find, showTrack } from "./dom.js";

/** @typedef {import("./devices.js").Devices} Devices */

/** Keeps both true until `left()`. */
export class Mirror {
  /** @param {HTMLElement} root @param {Devices} devices */
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
    const isBarred = this.devices.trouble.camera !== null;
    find(this.root, "[data-off]").hidden = isBarred;
    find(this.root, "[data-barred]").hidden = !isBarred;
  }

  left() {
    this.forget();
    this.devices.removeEventListener("change", this.draw);
  }
}
