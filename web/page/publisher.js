// Keeps what one connection publishes in line with what is on: published when first on, muted when off, swapped when
// another device is chosen. One round at a time, and always once more when something changed meanwhile.

import { KINDS } from "./devices.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("livekit-client").Room} LiveKitRoom @typedef {import("livekit-client").Track.Source} Source */

export class Publisher {
  #busy = false;
  #stale = false;
  #quit = new AbortController();

  /** @param {LiveKitRoom} room @param {Record<Kind, Source>} sources @param {Devices} devices */
  constructor(room, sources, devices) {
    this.room = room;
    this.sources = sources;
    this.devices = devices;
    devices.addEventListener("change", () => this.publish(), { signal: this.#quit.signal });
  }

  /** Bring what is published in line. */
  async publish() {
    this.#stale = true;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#stale && !this.#quit.signal.aborted) {
      this.#stale = false;
      // Both at once, so that one negotiation carries both. What fails failed with the connection; coming back publishes again.
      await Promise.all(KINDS.map((kind) => this.#bring(kind).catch(() => {})));
      await this.#speak().catch(() => {});
    }
    this.#busy = false;
  }

  stop() {
    this.#quit.abort();
  }

  /** @param {Kind} kind */
  async #bring(kind) {
    const { localParticipant } = this.room;
    const source = this.sources[kind];
    const track = this.devices.on[kind] ? this.devices.tracks[kind] : null;
    const publication = localParticipant.getTrackPublication(source);
    const published = publication?.track;
    if (!publication || !published) {
      if (track) await localParticipant.publishTrack(track, { source, simulcast: kind === "camera" });
      return;
    }
    if (track && published.mediaStreamTrack !== track) await published.replaceTrack(track, true);
    if (track && publication.isMuted) await publication.unmute();
    if (!track && !publication.isMuted) await publication.mute();
  }

  async #speak() {
    const { speaker } = this.devices;
    if (speaker && this.room.getActiveDevice("audiooutput") !== speaker) {
      await this.room.switchActiveDevice("audiooutput", speaker);
    }
  }
}
