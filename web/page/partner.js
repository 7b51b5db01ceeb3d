// The partner's picture and sound: attached when they come, a letter where there is no picture.

import { find } from "./dom.js";
import { page } from "./words.js";

/** @typedef {import("livekit-client").RemoteParticipant} RemoteParticipant @typedef {import("livekit-client").RemoteTrack} RemoteTrack */

export class PartnerPicture {
  /** @type {RemoteTrack | null} */
  #video = null;
  /** @type {RemoteTrack | null} */
  #audio = null;
  #sound = document.createElement("audio");

  /** @param {Element} root */
  constructor(root) {
    this.root = root;
    this.video = /** @type {HTMLVideoElement} */ (find(root, '[data-role="partner"]'));
    this.#sound.autoplay = true;
    this.#sound.dataset.role = "partner-sound";
    find(root, "[data-stage]").append(this.#sound);
    this.video.ondblclick = () => this.video.classList.toggle("whole");
  }

  /** @param {RemoteParticipant | null} partner @param {string} name */
  draw(partner, name) {
    const tracks = [...(partner?.trackPublications.values() ?? [])];
    const camera = tracks.find(({ source }) => source === "camera");
    const microphone = tracks.find(({ source }) => source === "microphone");
    const picture = camera && !camera.isMuted ? (camera.track ?? null) : null;
    // Visible first: LiveKit sends no picture to an element that cannot be seen.
    this.video.hidden = !picture;
    this.#attach(picture, microphone?.track ?? null);
    find(this.root, "[data-no-picture]").hidden = !partner || picture !== null;
    find(this.root, "[data-letter]").textContent = [...name][0]?.toUpperCase() ?? "";
    find(this.root, "[data-partner-sound]").textContent = page.room.partner_camera_off;
    find(this.root, "[data-partner-muted]").hidden = !partner || (microphone !== undefined && !microphone.isMuted);
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
}
