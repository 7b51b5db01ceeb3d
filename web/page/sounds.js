// Soft sounds, synthesized: one for the partner's arrival and one for testing the speakers.

import { isPreferenceOn } from "./storage.js";

const ARRIVAL_HZ = [523.25, 659.25, 783.99];
const TEST_HZ = [...ARRIVAL_HZ, 1046.5];
const NOTE_INTERVAL_S = 0.14;
const NOTE_LENGTH_S = 0.55;
const ATTACK_S = 0.02;
const DECAY_S = 0.5;
const VOLUME = 0.12;
const SILENCE = 0.0001; // an exponential ramp cannot reach 0

export class Sounds {
  /** @type {AudioContext | null} */
  #context = null;
  #speaker = "";

  /** Play the arrival sound, unless the student has turned sounds off. */
  playArrival() {
    if (isPreferenceOn("sounds")) this.#play(ARRIVAL_HZ);
  }

  playTest() {
    this.#play(TEST_HZ);
  }

  /** Choose the speaker, where the browser supports it; otherwise the system's default is used. @param {string} deviceId */
  chooseSpeaker(deviceId) {
    this.#speaker = deviceId;
    this.#routeToSpeaker();
  }

  #routeToSpeaker() {
    const context = /** @type {AudioContext & { setSinkId?: (id: string) => Promise<void> } | null} */ (this.#context);
    context?.setSinkId?.(this.#speaker).catch(() => {});
  }

  /** @param {number[]} frequencies in Hz */
  #play(frequencies) {
    const audio = (this.#context ??= new AudioContext());
    this.#routeToSpeaker();
    audio.resume();
    frequencies.forEach((frequency, index) => playNote(audio, frequency, audio.currentTime + index * NOTE_INTERVAL_S));
  }
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency in Hz
 * @param {number} start in seconds, by the context's clock
 */
function playNote(audio, frequency, start) {
  const oscillator = new OscillatorNode(audio, { frequency });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(VOLUME, start + ATTACK_S);
  gain.gain.exponentialRampToValueAtTime(SILENCE, start + DECAY_S);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + NOTE_LENGTH_S);
}
