// Waits for the way into the room: our server may first ask Discord whether the student is still in the server.

import { Problem, requestJoinGrant } from "./api.js";
import { admissionDelayMs, waitFor } from "./retry_delays.js";

/**
 * Ask for the way in until the server knows. Throws every other Problem.
 * @param {() => void} onChecking called each time the server does not know yet
 * @param {(delayMs: number) => Promise<void>} [wait]
 * @returns {Promise<import("./api.js").JoinGrant>}
 */
export async function awaitJoinGrant(onChecking, wait = waitFor) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await requestJoinGrant();
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== "checking_membership") throw error;
      onChecking();
      await wait(admissionDelayMs(attempt));
    }
  }
}
