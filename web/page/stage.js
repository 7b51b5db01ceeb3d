// What the middle of the room shows. Pure: tested without a browser.

/**
 * @typedef {import("./api.js").View} View
 * @typedef {"together" | "held" | "interrupted" | "waiting" | "may-choose" | "still-waiting" | "away" | "waiting-again" | "declined" | "gone"} Stage
 *   `held`: the partner has just disappeared, and nothing is said yet; `interrupted`: for longer; `may-choose`: they have not come for long, `still-waiting`: and the
 *   student chose to wait; `away`: they were in the room and may return, `waiting-again`: and the student chose to wait;
 *   `declined`: they gave up their seat before the meeting began, `gone`: during it
 */

/**
 * @param {View} view the server's last answer
 * @param {import("./partner_presence.js").Presence} presence the partner's
 * @param {number} now milliseconds since 1970, by the server's clock
 * @param {boolean} isWaiting whether the student chose to wait
 * @returns {Stage}
 */
export function stageOf(view, presence, now, isWaiting) {
  if (presence === "in") return "together";
  if (presence === "held") return "held";
  if (presence === "missing") return "interrupted";
  if (view.partner.left) return view.times.met_at === null && !view.trial ? "declined" : "gone";
  if (view.partner.came || view.times.met_at !== null) return isWaiting ? "waiting-again" : "away";
  const mayChoose = view.times.another_at !== null && now >= Date.parse(view.times.another_at);
  if (!mayChoose) return "waiting";
  return isWaiting ? "still-waiting" : "may-choose";
}

/** Whether the student is told that they are alone. @param {Stage} stage */
export function isAlone(stage) {
  return stage !== "together" && stage !== "held" && stage !== "interrupted";
}

/** Whether the partner has not come yet and may still come. @param {Stage} stage */
export function isExpected(stage) {
  return stage === "waiting" || stage === "may-choose" || stage === "still-waiting";
}

/** Whether the meeting is over for this student: it ended, or they left. @param {View} view */
export function isOver(view) {
  return view.state === "ended" || view.state === "after";
}
