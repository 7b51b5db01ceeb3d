// Keeps what one connection publishes equal to the student's devices: published when first turned on, muted when turned
// off, replaced when another device is chosen. Runs one round at a time, and another if something changed in the meantime.

import { KINDS } from "./devices.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("livekit-client").Room} LiveKitRoom @typedef {import("livekit-client").Track.Source} Source */

export class TrackPublisher {
  #isRunning = false;
  #isStale = false;
  #stop = new AbortController();

  /** Follows the devices until `stop()`. @param {LiveKitRoom} room @param {Record<Kind, Source>} sources @param {Devices} devices */
  constructor(room, sources, devices) {
    this.room = room;
    this.sources = sources;
    this.devices = devices;
    devices.addEventListener("change", () => this.synchronize(), { signal: this.#stop.signal });
  }

  /** Publish, mute and replace tracks until they equal the devices. Never throws. */
  async synchronize() {
    this.#isStale = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isStale && !this.#stop.signal.aborted) {
      this.#isStale = false;
      // Both together, so that one negotiation covers both. An error means that the connection failed; reconnecting
      // synchronizes again.
      await Promise.all(KINDS.map((kind) => this.#synchronizeTrack(kind).catch(() => {})));
      await this.#synchronizeSpeaker().catch(() => {});
    }
    this.#isRunning = false;
  }

  stop() {
    this.#stop.abort();
  }

  /** @param {Kind} kind */
  async #synchronizeTrack(kind) {
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

  async #synchronizeSpeaker() {
    const { speaker } = this.devices;
    if (speaker && this.room.getActiveDevice("audiooutput") !== speaker) {
      await this.room.switchActiveDevice("audiooutput", speaker);
    }
  }
}
