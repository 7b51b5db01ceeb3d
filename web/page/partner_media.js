// The partner's picture and sound: attached when they arrive; an initial replaces a missing picture.

import { findElement, setText } from "./dom.js";
import { fillsStage } from "./video_fit.js";

/** @typedef {import("livekit-client").RemoteParticipant} RemoteParticipant */
/** @typedef {import("livekit-client").RemoteTrack} RemoteTrack */

const LAST_FRAME_WIDTH_PX = 320; // small, because it is shown blurred

export class PartnerMedia {
  /** @type {RemoteTrack | null} */
  #attachedVideo = null;
  /** @type {RemoteTrack | null} */
  #attachedAudio = null;
  #audio = document.createElement("audio");

  /** @param {Element} root */
  constructor(root) {
    this.root = root;
    this.stage = findElement(root, "[data-stage]");
    this.video = /** @type {HTMLVideoElement} */ (findElement(root, '[data-role="partner"]'));
    this.#audio.autoplay = true;
    this.#audio.dataset.role = "partner-sound";
    this.stage.append(this.#audio);
    this.lastFrame = /** @type {HTMLCanvasElement} */ (findElement(root, "[data-last-frame]"));
    this.video.ondblclick = () => this.video.classList.toggle("whole");
    const fit = () => this.#fitToStage();
    this.video.addEventListener("resize", fit);
    this.resizes = new ResizeObserver(fit);
    this.resizes.observe(this.stage);
  }

  /** @param {RemoteParticipant | null} partner @param {string} name */
  draw(partner, name) {
    const tracks = [...(partner?.trackPublications.values() ?? [])];
    const camera = tracks.find(({ source }) => source === "camera");
    const microphone = tracks.find(({ source }) => source === "microphone");
    const video = camera && !camera.isMuted ? (camera.track ?? null) : null;
    this.video.hidden = !video; // before attaching: the client asks for no video for a hidden element
    this.#attach(video, microphone?.track ?? null);
    findElement(this.root, "[data-no-picture]").hidden = !partner || video !== null;
    setText(this.root, "[data-letter]", [...name][0]?.toUpperCase() ?? "");
    findElement(this.root, "[data-partner-chip]").hidden = !partner;
    setText(this.root, "[data-partner-name]", name);
    findElement(this.root, "[data-partner-muted]").hidden = microphone !== undefined && !microphone.isMuted;
  }

  /** @param {RemoteTrack | null} video @param {RemoteTrack | null} audio */
  #attach(video, audio) {
    if (video !== this.#attachedVideo) {
      this.#attachedVideo?.detach(this.video);
      video?.attach(this.video);
      this.#attachedVideo = video;
    }
    if (audio !== this.#attachedAudio) {
      this.#attachedAudio?.detach(this.#audio);
      audio?.attach(this.#audio);
      this.#attachedAudio = audio;
    }
  }

  #fitToStage() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (!width || !height) return;
    if (this.lastFrame.hidden) this.#captureFrame();
    const fills = fillsStage({ width, height }, this.stage.getBoundingClientRect());
    for (const picture of [this.video, this.lastFrame]) picture.classList.toggle("fills", fills);
  }

  /** Show the last frame while the connection is lost, when the client removes the video. @param {boolean} isLost */
  holdLastFrame(isLost) {
    this.lastFrame.hidden = !isLost;
    if (!isLost) this.#captureFrame();
  }

  /** Draw a small copy of the current frame, if there is one. */
  #captureFrame() {
    const { hidden, videoWidth: width, videoHeight: height } = this.video;
    if (hidden) this.lastFrame.width = 0;
    if (hidden || width === 0) return;
    Object.assign(this.lastFrame, { width: LAST_FRAME_WIDTH_PX, height: (LAST_FRAME_WIDTH_PX * height) / width });
    this.lastFrame.getContext("2d")?.drawImage(this.video, 0, 0, this.lastFrame.width, this.lastFrame.height);
  }

  /** Detach picture and sound. */
  dispose() {
    this.resizes.disconnect();
    this.#attach(null, null);
  }
}
