// The student's own picture, as the preview and the room show it. Notices when the camera delivers none, or only black.

import { isBlack, SignalDetector } from "./device_signal.js";
import { showTrack } from "./dom.js";
import { lifeOf, runRegularly } from "./screen_life.js";

/** @typedef {import("./devices.js").Devices} Devices */

const CHECK_EVERY_MS = 1_000;
const COPY_SIZE = { width: 32, height: 18 }; // small, so that the noise of a covered camera is averaged out

export class OwnPicture {
  #detector = new SignalDetector();
  #copy = Object.assign(document.createElement("canvas"), COPY_SIZE);
  /** @type {MediaStreamTrack | null} */
  #track = null;
  #hasNewFrame = false;

  /** Watches while the screen lives. @param {HTMLVideoElement} video @param {Devices} devices */
  constructor(video, devices) {
    this.video = video;
    this.devices = devices;
    runRegularly(lifeOf(video), () => this.#check(), CHECK_EVERY_MS);
  }

  /** Show the camera as it is now. */
  draw() {
    const track = this.devices.tracks.camera;
    showTrack(this.video, track);
    if (track === this.#track) return;
    this.#track = track;
    this.#detector = new SignalDetector();
    this.#awaitFrame();
  }

  /** Note the next frame that the video shows. Where the browser does not tell, frames are taken for granted. */
  #awaitFrame() {
    this.#hasNewFrame = !this.video.requestVideoFrameCallback;
    this.video.requestVideoFrameCallback?.(() => (this.#hasNewFrame = true));
  }

  #check() {
    if (!this.#track) return;
    const isPlaybackHeld = this.video.paused && this.video.readyState >= this.video.HAVE_CURRENT_DATA;
    if (document.hidden || isPlaybackHeld) return this.#detector.pause();
    const delivers = !this.#track.muted && this.#hasNewFrame && !this.#isBlack();
    if (this.#hasNewFrame) this.#awaitFrame();
    this.devices.setSignal("camera", this.#detector.hasSignal(delivers, Date.now()));
  }

  #isBlack() {
    const { width, height } = COPY_SIZE;
    const context = this.#copy.getContext("2d", { willReadFrequently: true });
    if (!context) return false;
    context.drawImage(this.video, 0, 0, width, height);
    return isBlack(context.getImageData(0, 0, width, height).data);
  }
}
