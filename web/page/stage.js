// What the middle of the room shows, from what is known. Pure: tested without a browser.

/**
 * @typedef {import("./api.js").View} View
 * @typedef {"together" | "waiting" | "may-choose" | "left" | "waiting-again" | "gone"} Stage
 */

/** How much of a picture each side may lose before it is shown whole instead, by the shape of the stage. */
const CROP = { wide: 0.25, tall: 0.36 };

/**
 * @param {View} view what the server last said
 * @param {boolean} partnerIn whether LiveKit sees the partner in the room
 * @param {number} now milliseconds, by the server's clock
 * @param {boolean} patient whether the student chose to wait
 * @returns {Stage}
 */
export function stageOf(view, partnerIn, now, patient) {
  if (partnerIn) return "together";
  if (view.partner.left) return "gone";
  if (view.partner.came || view.times.met_at !== null) return patient ? "waiting-again" : "left";
  const may = view.times.another_at !== null && now >= Date.parse(view.times.another_at);
  return may && !patient ? "may-choose" : "waiting";
}

/**
 * Whether the call is over, as far as this student is concerned.
 * @param {View} view
 */
export function isOver(view) {
  return view.state === "ended" || view.state === "after";
}

/**
 * How long to wait before asking the server again, in milliseconds.
 * @param {Stage} stage
 * @param {boolean} connected
 * @param {boolean} met whether the server knows that both are in
 */
export function askAgainAfter(stage, connected, met) {
  return stage === "together" && connected && met ? 20_000 : 3_000;
}

/**
 * Whether a picture fills the stage, cut at its sides, or is shown whole.
 * @param {{ width: number, height: number }} picture
 * @param {{ width: number, height: number }} stage
 */
export function fills(picture, stage) {
  const shapes = [picture.width / picture.height, stage.width / stage.height];
  const lost = 1 - Math.min(...shapes) / Math.max(...shapes);
  return lost / 2 <= (stage.width >= stage.height ? CROP.wide : CROP.tall);
}
