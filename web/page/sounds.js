// Soft sounds, made when they are needed: an arrival, and one to test the speakers with.

import { likes } from "./keep.js";

const ARRIVAL = [523.25, 659.25, 783.99];
const TEST = [...ARRIVAL, 1046.5];

/** Plays through a speaker of its own, as long as the page is open. */
export class Sounds {
  /** @type {AudioContext | null} */
  #context = null;
  #speaker = "";

  /** The partner is here. */
  arrival() {
    if (likes("sounds")) this.#play(ARRIVAL);
  }

  /** The speakers work, if this is heard. */
  test() {
    this.#play(TEST);
  }

  /** Where browsers can choose; elsewhere the system does. @param {string} deviceId */
  through(deviceId) {
    this.#speaker = deviceId;
    this.#route();
  }

  #route() {
    const context = /** @type {AudioContext & { setSinkId?: (id: string) => Promise<void> } | null} */ (this.#context);
    context?.setSinkId?.(this.#speaker).catch(() => {});
  }

  /** @param {number[]} notes in Hz */
  #play(notes) {
    const audio = (this.#context ??= new AudioContext());
    this.#route();
    audio.resume();
    notes.forEach((note, place) => tone(audio, note, audio.currentTime + place * 0.14));
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency
 * @param {number} start
 */
function tone(audio, frequency, start) {
  const oscillator = new OscillatorNode(audio, { frequency });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(0.12, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.55);
}
