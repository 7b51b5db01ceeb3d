// Whether a device that is on delivers anything: a muted microphone sends perfect silence, a covered camera sends black.
// A quiet room is never perfectly silent, and a dark one is never perfectly black, unless the device makes it so. Pure.

const FIRST_PATIENCE_MS = 5_000;
const BLACK_LEVEL = 16; // of 255; what screens show as black

/**
 * Tells a device that delivers nothing from one that pauses. Some microphones send silence whenever nobody speaks, so each
 * time that the signal returns, it waits twice as long before it says again that there is none.
 */
export class SignalDetector {
  #patienceMs = FIRST_PATIENCE_MS;
  /** @type {number | null} */
  #emptySince = null;

  /**
   * Add an observation. Returns whether the device counts as delivering something.
   * @param {boolean} delivers
   * @param {number} now milliseconds
   */
  hasSignal(delivers, now) {
    const wasMissed = this.#emptySince !== null && now - this.#emptySince >= this.#patienceMs;
    if (delivers && wasMissed) this.#patienceMs *= 2;
    this.#emptySince = delivers ? null : (this.#emptySince ?? now);
    return this.#emptySince === null || now - this.#emptySince < this.#patienceMs;
  }

  /** Forget since when there was no signal, because it could not be observed. */
  pause() {
    this.#emptySince = null;
  }
}

/** Whether a picture is black everywhere. @param {ArrayLike<number>} pixels red, green, blue and opacity of each, 0 to 255 */
export function isBlack(pixels) {
  for (let index = 0; index < pixels.length; index += 4) {
    if (Math.max(pixels[index], pixels[index + 1], pixels[index + 2]) > BLACK_LEVEL) return false;
  }
  return true;
}
