// How a room ends for a student whose connection was ended: what the next screen shows.

import { readSession } from "./api.js";
import { MEETING_IS_OVER } from "./problem_codes.js";
import { isOver } from "./stage.js";

/** @typedef {import("./api.js").View} View @typedef {import("./api.js").Problem} Problem */

/**
 * The end of the match rather than a problem, if the match has ended or the student has left it elsewhere.
 * @param {Problem} problem why the room cannot be entered again
 * @returns {Promise<{ over: View } | { problem: Problem }>}
 */
export async function endOfRoom(problem) {
  if (!MEETING_IS_OVER.has(problem.code)) return { problem };
  const view = await readSession().catch(() => null);
  return view && isOver(view) ? { over: view } : { problem };
}
