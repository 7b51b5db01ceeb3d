// How long to wait between tries to rejoin a room. Pure but for chance.

/** livekit-client's own tries to resume a connection before it reports it as lost. */
const RESUME_DELAYS_MS = [0, 300, 1_200, 2_700, 4_800];
const LONGEST_REJOIN_DELAY_S = 10;

/**
 * Milliseconds before livekit-client tries to resume, ± 50 % so that not everybody returns at the same time; null when
 * it should give up.
 * @param {number} retryCount from 0
 */
export function resumeDelayMs(retryCount) {
  const delay = RESUME_DELAYS_MS[retryCount];
  return delay === undefined ? null : delay * (0.5 + Math.random());
}

/**
 * Seconds before the next try to rejoin: 1, 2, 4, 8, then 10.
 * @param {number} attempt from 1
 */
export function rejoinDelayS(attempt) {
  return Math.min(LONGEST_REJOIN_DELAY_S, 2 ** (attempt - 1));
}
