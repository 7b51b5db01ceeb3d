// The partner's picture and sound: attached when they come, a letter where there is no picture.

import { find, say } from "./dom.js";
import { fills } from "./stage.js";

/** @typedef {import("livekit-client").RemoteParticipant} RemoteParticipant */
/** @typedef {import("livekit-client").RemoteTrack} RemoteTrack */

const STILL_WIDTH = 320; // it is shown out of focus

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
    this.still = /** @type {HTMLCanvasElement} */ (find(root, "[data-still]"));
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
    this.video.hidden = !picture; // first: for a hidden element the client asks the server to send nothing
    this.#attach(picture, microphone?.track ?? null);
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
    if (!width || !height) return;
    if (this.still.hidden) this.#keep();
    const isFull = fills({ width, height }, this.stage.getBoundingClientRect());
    for (const picture of [this.video, this.still]) picture.classList.toggle("fills", isFull);
  }

  /** Show the last moment while the connection is lost: the client takes the video away. @param {boolean} lost */
  hold(lost) {
    this.still.hidden = !lost;
    if (!lost) this.#keep();
  }

  /** A small still of the picture, if there is one. */
  #keep() {
    const { hidden, videoWidth: width, videoHeight: height } = this.video;
    if (hidden) this.still.width = 0;
    if (hidden || width === 0) return;
    Object.assign(this.still, { width: STILL_WIDTH, height: (STILL_WIDTH * height) / width });
    this.still.getContext("2d")?.drawImage(this.video, 0, 0, this.still.width, this.still.height);
  }

  left() {
    this.watching.disconnect();
    this.#attach(null, null);
  }
}
