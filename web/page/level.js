// How loud a microphone is, ten times a second, also while it is muted for the partner; and who speaks into a muted one.

const EVERY = 100;
const SPEECH = 0.25;
const REMEMBERED = 10;
const ENOUGH = 5;
const REST = 60_000;

/**
 * Listen to a track until the returned function is called; `hear` gets 0 to 1.
 * @param {MediaStreamTrack} track
 * @param {(level: number) => void} hear
 */
export function listen(track, hear) {
  const own = track.clone();
  own.enabled = true;
  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 512 });
  audio.createMediaStreamSource(new MediaStream([own])).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    hear(loudness(samples));
  }, EVERY);
  return () => {
    clearInterval(timer);
    own.stop();
    audio.close();
  };
}

/**
 * The root mean square of samples, spread so that speech fills most of 0 to 1.
 * @param {ArrayLike<number>} samples
 */
export function loudness(samples) {
  let sum = 0;
  for (let index = 0; index < samples.length; index += 1) sum += samples[index] ** 2;
  return Math.min(1, Math.sqrt(sum / samples.length) * 5);
}

/** Tells speech from a cough: loud for half of a second. Once told it keeps quiet for a minute. */
export class Speech {
  /** @type {boolean[]} */
  #loud = [];
  #quietUntil = 0;

  /**
   * Whether this is the moment to say that somebody speaks.
   * @param {number} level 0 to 1
   * @param {number} now milliseconds
   */
  heard(level, now) {
    this.#loud = [...this.#loud, level > SPEECH].slice(-REMEMBERED);
    if (now < this.#quietUntil || this.#loud.filter(Boolean).length < ENOUGH) return false;
    this.#loud = [];
    this.#quietUntil = now + REST;
    return true;
  }
}
