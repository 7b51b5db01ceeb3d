// Soft sounds, synthesized: one for the partner's arrival and one for testing the speakers. They are played through an audio
// element, because not every browser lets an AudioContext choose its speakers.

import { withinTime } from "./deadline.js";
import { isPreferenceOn } from "./storage.js";

const ARRIVAL_HZ = [523.25, 659.25, 783.99];
const TEST_HZ = [...ARRIVAL_HZ, 1046.5];
const NOTE_INTERVAL_S = 0.14;
const NOTE_LENGTH_S = 0.55;
const ATTACK_S = 0.02;
const DECAY_S = 0.5;
const VOLUME = 0.12;
const SILENCE = 0.0001; // an exponential ramp cannot reach 0
const ANSWER_WITHIN_MS = 3_000;

export class Sounds {
  /** @type {{ audio: AudioContext, output: MediaStreamAudioDestinationNode } | null} */
  #synthesizer = null;
  /** @type {HTMLAudioElement | null} */
  #element = null;

  /** Play the arrival sound, unless the student has turned sounds off or the browser blocks it. */
  playArrival() {
    if (isPreferenceOn("sounds")) this.#play(ARRIVAL_HZ).catch(() => {});
  }

  /** Settles when the sound begins. Throws if the browser does not play it. */
  async playTest() {
    await withinTime(this.#play(TEST_HZ), ANSWER_WITHIN_MS);
  }

  /** Have sounds come from these speakers; an empty id means the system's. Throws if the browser cannot use them. @param {string} deviceId */
  async chooseSpeaker(deviceId) {
    await withinTime(this.#player.setSinkId(deviceId), ANSWER_WITHIN_MS);
  }

  get #player() {
    return (this.#element ??= new Audio());
  }

  #openSynthesizer() {
    const audio = new AudioContext();
    const output = new MediaStreamAudioDestinationNode(audio);
    this.#player.srcObject = output.stream;
    return { audio, output };
  }

  /** @param {number[]} frequencies in Hz */
  async #play(frequencies) {
    const { audio, output } = (this.#synthesizer ??= this.#openSynthesizer());
    await Promise.all([audio.resume(), this.#player.play()]);
    frequencies.forEach((frequency, index) => playNote(output, frequency, audio.currentTime + index * NOTE_INTERVAL_S));
  }
}

/**
 * @param {AudioNode} output
 * @param {number} frequency in Hz
 * @param {number} start in seconds, by the context's clock
 */
function playNote(output, frequency, start) {
  const oscillator = new OscillatorNode(output.context, { frequency });
  const gain = new GainNode(output.context, { gain: 0 });
  gain.gain.setValueAtTime(0, start);
  gain.gain.linearRampToValueAtTime(VOLUME, start + ATTACK_S);
  gain.gain.exponentialRampToValueAtTime(SILENCE, start + DECAY_S);
  oscillator.connect(gain).connect(output);
  oscillator.start(start);
  oscillator.stop(start + NOTE_LENGTH_S);
}
