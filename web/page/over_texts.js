// Which texts of the catalogue describe how a match ended for this student. Pure: tested without a browser.

/**
 * @typedef {import("./api.js").View} View
 * @typedef {{ title: "title_left" | "title_done" | "title_ended" | "title_declined" | "title_no_show" | "title_replaced" | "title_closed" | "title_trial",
 *   lead: "studied" | "studied_early" | "briefly" | "never_met" | "no_show" | "requeued" | "matched_again" | "trial_met" | "trial_missed", next: "next" | "open_chat", end: string | null }} OverTexts
 *   keys of `page.over`, and until when the two were together
 */

/** @param {Pick<View, "trial" | "state" | "ended_as" | "requeued" | "me" | "times">} view @returns {OverTexts} */
export function overTexts({ trial, state, ended_as, requeued, me, times }) {
  const end = times.parted_at ?? times.left_at ?? times.ended_at ?? times.now;
  if (trial) return { title: state === "after" ? "title_left" : "title_trial", lead: times.met_at ? "trial_met" : "trial_missed", next: "open_chat", end };
  if (times.met_at) {
    const title = state === "after" ? "title_left" : titleOfMeeting(times);
    const lead = title === "title_ended" ? "studied_early" : "studied";
    return { title, lead: isBefore(end, times.meeting_counts_at) ? "briefly" : lead, next: "next", end };
  }
  if (state === "after") return { title: "title_left", lead: "never_met", next: "next", end };
  const onwards = searchTexts(requeued);
  if (ended_as === "declined") return { title: "title_declined", ...onwards, end };
  if (ended_as === "no_show") return { title: "title_no_show", lead: "no_show", next: "next", end };
  // Whoever was in the room asked for somebody else; the other one did not.
  if (me.came) return { title: "title_replaced", ...onwards, end };
  return { title: "title_closed", lead: "never_met", next: "next", end };
}

/** What became of the search that followed. @param {View["requeued"]} state @returns {Pick<OverTexts, "lead" | "next">} */
function searchTexts(state) {
  if (state === "waiting") return { lead: "requeued", next: "open_chat" };
  if (state === "matched") return { lead: "matched_again", next: "open_chat" };
  return { lead: "never_met", next: "next" };
}

/** A meeting also ends early, when both have left. @param {View["times"]} times @returns {"title_done" | "title_ended"} */
function titleOfMeeting({ ended_at, ends_at }) {
  return isBefore(ended_at, ends_at) ? "title_ended" : "title_done";
}

/** @param {string | null} time @param {string | null} other */
function isBefore(time, other) {
  return time !== null && other !== null && Date.parse(time) < Date.parse(other);
}
