// What the middle of the room shows. Pure: tested without a browser.

/**
 * @typedef {import("./api.js").View} View
 * @typedef {"together" | "waiting" | "may-choose" | "left" | "waiting-again" | "gone"} Stage `left`: the partner was in the room
 *   and may return; `gone`: they gave up their seat
 */

/**
 * @param {View} view the server's last answer
 * @param {boolean} isPartnerIn whether LiveKit sees the partner in the room
 * @param {number} now milliseconds since 1970, by the server's clock
 * @param {boolean} isWaiting whether the student chose to wait
 * @returns {Stage}
 */
export function stageOf(view, isPartnerIn, now, isWaiting) {
  if (isPartnerIn) return "together";
  if (view.partner.left) return "gone";
  if (view.partner.came || view.times.met_at !== null) return isWaiting ? "waiting-again" : "left";
  const mayChoose = view.times.another_at !== null && now >= Date.parse(view.times.another_at);
  return mayChoose && !isWaiting ? "may-choose" : "waiting";
}

/** Whether the meeting is over for this student: it ended, or they left. @param {View} view */
export function isOver(view) {
  return view.state === "ended" || view.state === "after";
}
