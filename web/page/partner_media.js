// The partner's picture and sound: attached when they arrive; an initial replaces a missing picture.

import { findElement, setText } from "./dom.js";
import { initialOf } from "./names.js";
import { fillsStage } from "./video_fit.js";

/** @typedef {import("livekit-client").RemoteParticipant} RemoteParticipant */
/** @typedef {import("livekit-client").RemoteTrack} RemoteTrack */

const LAST_FRAME_WIDTH_PX = 320; // small, because it is shown blurred
/** Frames are copied every second. An older copy may show a partner whose camera has been off since. */
const FRAME_IS_RECENT_FOR_MS = 5_000;

export class PartnerMedia {
  /** @type {RemoteTrack | null} */
  #attachedVideo = null;
  /** @type {RemoteTrack | null} */
  #attachedAudio = null;
  #audio = document.createElement("audio");
  /** When `lastFrame` was drawn, in milliseconds since 1970. */
  #frameAt = -Infinity;

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

  /**
   * Show the partner as they are now. Returns whether their camera is on.
   * @param {RemoteParticipant | null} partner null while they are not in the room
   * @param {string} name
   * @param {boolean} [isHidden] whether no frame of them may be painted; then LiveKit sends none
   */
  draw(partner, name, isHidden = false) {
    const tracks = [...(partner?.trackPublications.values() ?? [])];
    const camera = tracks.find(({ source }) => source === "camera");
    const microphone = tracks.find(({ source }) => source === "microphone");
    const isCameraOn = camera !== undefined && !camera.isMuted;
    if (camera?.isDesired === isHidden) camera.setSubscribed(!isHidden);
    const video = isCameraOn && !isHidden ? (camera.track ?? null) : null;
    if (!partner || camera?.isMuted || isHidden) this.#frameAt = -Infinity;
    else if (video && video === this.#attachedVideo) this.#captureFrame();
    this.lastFrame.hidden = true;
    this.video.hidden = !video; // before attaching: the client asks for no video for a hidden element
    this.#attach(video, microphone?.track ?? null);
    findElement(this.root, "[data-no-picture]").hidden = !partner || video !== null;
    findElement(this.root, "[data-camera-off]").hidden = isCameraOn;
    setText(this.root, "[data-letter]", initialOf(name));
    findElement(this.root, "[data-partner-chip]").hidden = !partner;
    setText(this.root, "[data-partner-name]", name);
    findElement(this.root, "[data-partner-muted]").hidden = microphone !== undefined && !microphone.isMuted;
    return isCameraOn;
  }

  /** Keep what is shown, with the last frame if it is recent, while the partner cannot be reached. The client removes the video. */
  hold() {
    if (Date.now() - this.#frameAt < FRAME_IS_RECENT_FOR_MS) this.lastFrame.hidden = false;
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

  /** Draw a small copy of the frame that the video shows, if there is one. */
  #captureFrame() {
    const { hidden, videoWidth: width, videoHeight: height } = this.video;
    if (hidden || width === 0) return;
    Object.assign(this.lastFrame, { width: LAST_FRAME_WIDTH_PX, height: (LAST_FRAME_WIDTH_PX * height) / width });
    this.lastFrame.getContext("2d")?.drawImage(this.video, 0, 0, this.lastFrame.width, this.lastFrame.height);
    this.#frameAt = Date.now();
  }

  /** Detach picture and sound. */
  dispose() {
    this.resizes.disconnect();
    this.#attach(null, null);
  }
}
