// Soft sounds, made when they are needed: an arrival, and one to test the speakers with.

const NAME = "hey-buddy-sounds";
const ARRIVAL = [523.25, 659.25, 783.99];

/** @type {AudioContext | null} */
let context = null;

/** Whether the student wants sounds. */
export function wanted() {
  return localStorage.getItem(NAME) !== "off";
}

/** @param {boolean} on */
export function want(on) {
  localStorage.setItem(NAME, on ? "on" : "off");
}

/** The partner is here. */
export function arrival() {
  if (wanted()) play(ARRIVAL);
}

/** The speakers work, if this is heard. */
export function test() {
  play([...ARRIVAL, 1046.5]);
}

/** @param {number[]} notes in Hz */
function play(notes) {
  context ??= new AudioContext();
  const { currentTime } = context;
  notes.forEach((note, index) => tone(/** @type {AudioContext} */ (context), note, currentTime + index * 0.14));
}

/**
 * @param {AudioContext} audio
 * @param {number} frequency
 * @param {number} start
 */
function tone(audio, frequency, start) {
  const oscillator = new OscillatorNode(audio, { frequency });
  const gain = new GainNode(audio, { gain: 0 });
  gain.gain.linearRampToValueAtTime(0.12, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.5);
  oscillator.connect(gain).connect(audio.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.55);
}
