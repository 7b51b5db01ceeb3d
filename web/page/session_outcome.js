// What the session says when a student may not enter the room, or may not stay in it: perhaps that the meeting is over, which
// is no problem.

import { Problem, readSession } from "./api.js";
import { withinTime } from "./deadline.js";
import { MAY_MEAN_THE_END, MEETING_IS_OVER, SEAT_IS_LOST, TEMPORARY } from "./problem_codes.js";
import { waitFor } from "./retry_delays.js";
import { isOver } from "./stage.js";

/** @typedef {import("./api.js").View} View */
/**
 * @typedef {{ over: View } | { problem: Problem } | { live: View }} Outcome `over`: the meeting is over for this student;
 *   `live`: the room is open to them
 */

const READS = 3;
const READ_AGAIN_AFTER_MS = 1_000;
/** Who is displaced reads so without the details, if these take longer. */
const DETAILS_WITHIN_MS = 3_000;

/** What a view leads to. Who was taken out reads that, and not that they have left. @param {View} view @returns {Outcome} */
export function outcomeOf(view) {
  if (view.me.removed) return { problem: new Problem("removed") };
  return isOver(view) ? { over: view } : { live: view };
}

/**
 * What holds after a problem: what the session says if it may know more, else the problem. While a session whose meeting is
 * over cannot be read, the problem is that one: trying again then leads to the end.
 * @param {Problem} problem why the room cannot be entered
 * @returns {Promise<Outcome>}
 */
export async function explainProblem(problem) {
  if (MEETING_IS_OVER.has(problem.code)) return readOutcome(problem);
  if (problem.code === "displaced") return explainDisplacement(problem);
  if (!MAY_MEAN_THE_END.has(problem.code)) return { problem };
  const outcome = await readSession().then(outcomeOf, (error) => ({ problem: refusalOr(problem, error) }));
  return "live" in outcome ? { problem } : outcome;
}

/** Who was barred meanwhile reads that. @param {Problem} problem @param {unknown} error why the session could not be read */
function refusalOr(problem, error) {
  return Problem.from(error).code === "not_allowed" ? new Problem("removed") : problem;
}

/**
 * Another browser gets in by a newer link only, which ends this one's session. So if the session still holds, another tab or
 * window of this browser has the call.
 * @param {Problem} displaced
 * @returns {Promise<Outcome>}
 */
async function explainDisplacement(displaced) {
  try {
    const outcome = outcomeOf(await withinTime(readSession(), DETAILS_WITHIN_MS));
    return "live" in outcome ? { problem: new Problem("another_tab") } : outcome;
  } catch (error) {
    const problem = Problem.from(error);
    return { problem: SEAT_IS_LOST.has(problem.code) ? problem : displaced };
  }
}

/** @param {Problem} ended @returns {Promise<Outcome>} */
async function readOutcome(ended) {
  for (let read = 1; ; read += 1) {
    try {
      return outcomeOf(await readSession());
    } catch (error) {
      const problem = Problem.from(error);
      if (!TEMPORARY.has(problem.code)) return { problem: refusalOr(ended, problem) };
      if (read === READS) return { problem };
    }
    await waitFor(READ_AGAIN_AFTER_MS);
  }
}
