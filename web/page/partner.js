// The partner's picture and sound: attached when they come, a letter where there is no picture.

import { find, say } from "./dom.js";
import { fills } from "./stage.js";

/** @typedef {import("livekit-client").RemoteParticipant} RemoteParticipant */
/** @typedef {import("livekit-client").RemoteTrack} RemoteTrack */

export class PartnerPicture {
  /** @type {RemoteTrack | null} */
  #video = null;
  /** @type {RemoteTrack | null} */
  #audio = null;
  #sound = document.createElement("audio");

  /** @param {Element} root */
  constructor(root) {
    this.root = root;
    this.stage = find(root, "[data-stage]");
    this.video = /** @type {HTMLVideoElement} */ (find(root, '[data-role="partner"]'));
    this.#sound.autoplay = true;
    this.#sound.dataset.role = "partner-sound";
    this.stage.append(this.#sound);
    this.video.ondblclick = () => this.video.classList.toggle("whole");
    const fit = () => this.#fit();
    this.video.addEventListener("resize", fit);
    this.watching = new ResizeObserver(fit);
    this.watching.observe(this.stage);
  }

  /** @param {RemoteParticipant | null} partner @param {string} name */
  draw(partner, name) {
    const tracks = [...(partner?.trackPublications.values() ?? [])];
    const camera = tracks.find(({ source }) => source === "camera");
    const microphone = tracks.find(({ source }) => source === "microphone");
    const picture = camera && !camera.isMuted ? (camera.track ?? null) : null;
    this.#attach(picture, microphone?.track ?? null);
    this.video.hidden = !picture;
    find(this.root, "[data-no-picture]").hidden = !partner || picture !== null;
    say(this.root, "[data-letter]", [...name][0]?.toUpperCase() ?? "");
    find(this.root, "[data-partner-chip]").hidden = !partner;
    say(this.root, "[data-partner-name]", name);
    find(this.root, "[data-partner-muted]").hidden = microphone !== undefined && !microphone.isMuted;
  }

  /** @param {RemoteTrack | null} video @param {RemoteTrack | null} audio */
  #attach(video, audio) {
    if (video !== this.#video) {
      this.#video?.detach(this.video);
      video?.attach(this.video);
      this.#video = video;
    }
    if (audio !== this.#audio) {
      this.#audio?.detach(this.#sound);
      audio?.attach(this.#sound);
      this.#audio = audio;
    }
  }

  #fit() {
    const { videoWidth: width, videoHeight: height } = this.video;
    if (width && height) this.video.classList.toggle("fills", fills({ width, height }, this.stage.getBoundingClientRect()));
  }

  left() {
    this.watching.disconnect();
    this.#attach(null, null);
  }
}
