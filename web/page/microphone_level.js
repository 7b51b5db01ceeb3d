// How loud a microphone is, even while it is muted for the partner, and whether somebody is speaking into a muted one.

const MEASURE_EVERY_MS = 100;
const LEVEL_GAIN = 5; // speech then fills most of 0 to 1
const SPEECH_LEVEL = 0.25;
const WINDOW_MEASUREMENTS = 10; // a second
const LOUD_MEASUREMENTS = 5;
const QUIET_AFTER_DETECTION_MS = 60_000;

/**
 * Measure a track's level until the returned function is called. Measures a copy, so that turning it off does not matter.
 * While the browser does not let the page hear anything, as before the first click, nothing is measured.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} onLevel gets 0 to 1; 0 is perfect silence, as of a microphone that is muted by its own switch
 */
export function watchLevel(track, onLevel) {
  const copy = track.clone();
  copy.enabled = true;
  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 512 });
  audio.createMediaStreamSource(new MediaStream([copy])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    if (audio.state === "suspended") audio.resume().catch(() => {}); // settles when the browser allows it
    if (audio.state !== "running" && !track.muted) return;
    analyser.getFloatTimeDomainData(samples);
    onLevel(track.muted ? 0 : loudness(samples));
  }, MEASURE_EVERY_MS);
  return () => {
    clearInterval(timer);
    copy.stop();
    audio.close();
  };
}

/**
 * The amplified root mean square of samples, 0 to 1.
 * @param {ArrayLike<number>} samples -1 to 1
 */
export function loudness(samples) {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += samples[index] ** 2;
  return Math.min(1, Math.sqrt(sum / samples.length) * LEVEL_GAIN);
}

/** Distinguishes speech from a cough: loud for half of the last second. After a detection it is silent for a minute. */
export class MutedSpeechDetector {
  /** @type {boolean[]} */
  #wasLoud = [];
  #quietUntil = 0;

  /**
   * Add a measurement. Returns true when the student should be told that they speak while muted.
   * @param {number} level 0 to 1
   * @param {number} now milliseconds
   */
  detects(level, now) {
    this.#wasLoud = [...this.#wasLoud, level > SPEECH_LEVEL].slice(-WINDOW_MEASUREMENTS);
    if (now < this.#quietUntil || this.#wasLoud.filter(Boolean).length < LOUD_MEASUREMENTS) return false;
    this.#wasLoud = [];
    this.#quietUntil = now + QUIET_AFTER_DETECTION_MS;
    return true;
  }
}
