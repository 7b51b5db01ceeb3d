// How long to wait between attempts.

/** livekit-client's own attempts to resume a connection before it reports the connection as lost. */
const RESUME_DELAYS_MS = [0, 300, 1_200, 2_700, 4_800];
const LONGEST_REJOIN_DELAY_S = 10;
/** The answer about a student usually comes within a quarter of a second, so the first tries follow each other quickly. */
const ADMISSION_DELAYS_MS = [250, 250, 500];
const LONGEST_ADMISSION_DELAY_MS = 1_000;

/**
 * Milliseconds before livekit-client tries to resume, ± 50 % so that clients do not all return at the same time; null when
 * it should give up.
 * @param {number} retryCount from 0
 */
export function resumeDelayMs(retryCount) {
  const delay = RESUME_DELAYS_MS[retryCount];
  return delay === undefined ? null : delay * (0.5 + Math.random());
}

/**
 * Seconds before the next attempt to rejoin: 1, 2, 4, 8, then 10.
 * @param {number} attempt from 1
 */
export function rejoinDelayS(attempt) {
  return Math.min(LONGEST_REJOIN_DELAY_S, 2 ** (attempt - 1));
}

/**
 * Milliseconds before asking again whether the student may enter.
 * @param {number} attempt from 1
 */
export function admissionDelayMs(attempt) {
  return ADMISSION_DELAYS_MS[attempt - 1] ?? LONGEST_ADMISSION_DELAY_MS;
}

/** @param {number} delayMs @returns {Promise<void>} */
export function waitFor(delayMs) {
  return new Promise((resolve) => void setTimeout(resolve, delayMs));
}
