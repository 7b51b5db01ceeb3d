// Keeps what one connection publishes equal to the student's devices: published when first turned on, muted when turned
// off, replaced when another device is chosen. What cannot be published is a trouble of its device.

import { KINDS } from "./devices.js";

/** @typedef {import("./devices.js").Devices} Devices @typedef {import("./devices.js").Kind} Kind */
/** @typedef {import("livekit-client").Room} LiveKitRoom @typedef {import("livekit-client").Track.Source} Source */

export class TrackPublisher {
  #stop = new AbortController();
  /** @type {Repeater[]} */
  #repeaters;

  /** Follows the devices until `stop()`. @param {LiveKitRoom} room @param {Record<Kind, Source>} sources @param {Devices} devices */
  constructor(room, sources, devices) {
    this.room = room;
    this.sources = sources;
    this.devices = devices;
    // Each on its own, so that none waits for another that hangs. They start together: one negotiation covers both kinds.
    const rounds = [...KINDS.map((kind) => () => this.#synchronizeTrack(kind)), () => this.#synchronizeSpeaker()];
    const { signal } = this.#stop;
    this.#repeaters = rounds.map((round) => new Repeater(round, signal));
    devices.addEventListener("change", () => this.synchronize(), { signal });
  }

  /** Publish, mute and replace tracks until they equal the devices. Never throws. */
  synchronize() {
    for (const repeater of this.#repeaters) repeater.run();
  }

  stop() {
    this.#stop.abort();
  }

  /** While the connection is being restored errors are expected; restoring it synchronizes again. */
  get #isConnected() {
    return this.room.state === "connected" && !this.#stop.signal.aborted;
  }

  /** @param {Kind} kind */
  async #synchronizeTrack(kind) {
    try {
      await this.#publish(kind, this.devices.on[kind] ? this.devices.tracks[kind] : null);
      this.devices.resolve(kind, "unsent");
    } catch {
      if (this.#isConnected && this.devices.on[kind] && this.devices.trouble[kind] !== "unsent") this.devices.report(kind, "unsent");
    }
  }

  /** @param {Kind} kind @param {MediaStreamTrack | null} track null if nothing is to be sent */
  async #publish(kind, track) {
    const { localParticipant } = this.room;
    const source = this.sources[kind];
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
    if (speakerOf(this.room.getActiveDevice("audiooutput")) === speaker) return;
    try {
      await this.room.switchActiveDevice("audiooutput", speaker);
    } catch {
      if (speaker && this.#isConnected) this.devices.loseSpeaker("failed");
    }
  }
}

/** The devices' id for speakers of livekit-client, which calls the system's "default". @param {string | undefined} deviceId */
function speakerOf(deviceId = "") {
  return deviceId === "default" ? "" : deviceId;
}

/** Runs one round at a time, and another if it is asked to in the meantime. */
class Repeater {
  #isRunning = false;
  #isStale = false;

  /** @param {() => Promise<void>} round must not throw @param {AbortSignal} signal ends it */
  constructor(round, signal) {
    this.round = round;
    this.signal = signal;
  }

  async run() {
    this.#isStale = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#isStale && !this.signal.aborted) {
      this.#isStale = false;
      await this.round();
    }
    this.#isRunning = false;
  }
}
