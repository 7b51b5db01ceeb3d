// Why joining a room has failed: LiveKit or its proxy turned us away, nobody answered, or no picture and sound came through.
// Only the last is surely about the student's network.

const ANSWER_WITHIN_MS = 3_000;

/**
 * The code of the problem.
 * @param {object} failure
 * @param {string} failure.url LiveKit's WebSocket address
 * @param {{ reason?: number, status?: number }} failure.error what the client reported; nothing at our own deadline
 * @param {boolean} failure.wasLetIn whether LiveKit let us into the room, so that only the media was missing
 * @param {number} failure.leaveRequest the client's reason for "LiveKit told us to leave"
 * @returns {Promise<"video_blocked" | "video_refused" | "video_no_answer">}
 */
export async function explainJoinFailure({ url, error, wasLetIn, leaveRequest }) {
  if (error.status || error.reason === leaveRequest) return "video_refused";
  if (!(await answers(url))) return "video_no_answer";
  return wasLetIn ? "video_blocked" : "video_refused";
}

/** Whether anything answers plain HTTP at this address from here; what it says does not matter. @param {string} url */
async function answers(url) {
  try {
    await fetch(url.replace(/^ws/, "http"), {
      mode: "no-cors",
      cache: "no-store",
      credentials: "omit",
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    return true;
  } catch {
    return false;
  }
}
