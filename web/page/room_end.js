// How a room ends for a student whose connection was ended: what the next screen shows.

import { Problem, readSession } from "./api.js";
import { MEETING_IS_OVER } from "./problem_codes.js";
import { isOver } from "./stage.js";

/** @typedef {import("./api.js").View} View */

/**
 * The end of the match rather than a problem, if the match has ended or the student has left it elsewhere. Who was let in
 * and is not allowed any more reads that, and not that they cannot join.
 * @param {Problem} problem why the room cannot be entered again
 * @returns {Promise<{ over: View } | { problem: Problem }>}
 */
export async function endOfRoom(problem) {
  if (problem.code === "not_allowed") return { problem: new Problem("removed") };
  if (!MEETING_IS_OVER.has(problem.code)) return { problem };
  const view = await readSession().catch(() => null);
  if (view?.me.removed) return { problem: new Problem("removed") };
  return view && isOver(view) ? { over: view } : { problem };
}
