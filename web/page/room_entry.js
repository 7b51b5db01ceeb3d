// The way into the room: the session, the join grant, the connection. A meeting that ends on the way is over, and no problem.

import { awaitJoinGrant } from "./admission.js";
import { Problem, readSession, redeemLink, unreachable } from "./api.js";
import { requireUsableLink } from "./link_inspection.js";
import { explainProblem, outcomeOf } from "./session_outcome.js";
import { loadTabState, markLinkSpent, replaceAddress, saveTabState } from "./storage.js";

/** @typedef {import("./api.js").View} View @typedef {import("./devices.js").Devices} Devices */
/** @typedef {Pick<import("./entering_screen.js").EnteringScreen, "showStep" | "showPartner" | "showChecking">} Progress */
/** @typedef {{ view: View, room: import("./room_screen.js").RoomScreen | null }} Entered `room` is null when the meeting is over */
/** @typedef {() => Promise<typeof import("./room.js") & { kit: typeof import("./livekit.js") }>} LoadRoom loads what only the room needs */

/** Leaving may be undone while the student is on the way. */
const ATTEMPTS_TO_JOIN = 2;

/**
 * Open the session, get a join grant and connect to the room. Throws Problem.
 * @param {Devices} devices
 * @param {Progress} progress
 * @param {LoadRoom} loadRoom
 * @returns {Promise<Entered>}
 */
export async function openRoom(devices, progress, loadRoom) {
  const loading = loadRoom();
  loading.catch(() => {}); // a failure is handled below
  for (let outcome = outcomeOf(await openSession()), attempt = 1; ; attempt += 1) {
    if ("problem" in outcome) throw outcome.problem;
    if ("over" in outcome) return { view: outcome.over, room: null };
    try {
      return { view: outcome.live, room: await joinRoom(devices, progress, outcome.live, loading) };
    } catch (error) {
      outcome = await explainProblem(Problem.from(error));
      if ("live" in outcome && attempt === ATTEMPTS_TO_JOIN) throw error;
    }
  }
}

/**
 * @param {Devices} devices
 * @param {Progress} progress
 * @param {View} view
 * @param {ReturnType<LoadRoom>} loading
 */
async function joinRoom(devices, progress, view, loading) {
  progress.showStep("room");
  progress.showPartner(view);
  const grant = view.way ?? (await awaitJoinGrant(() => progress.showChecking()));
  progress.showStep("connect");
  devices.restore();
  const { kit, RoomConnection, RoomScreen } = await loading.catch(() => Promise.reject(unreachable()));
  const connection = new RoomConnection(devices, kit);
  const joined = connection.join(grant);
  const room = new RoomScreen(view, connection, devices); // prepared while the connection is made
  await joined.catch((error) => {
    room.dispose();
    throw error;
  });
  return room;
}

/** Redeem the link if there is one, else read this browser's session. @returns {Promise<View>} */
async function openSession() {
  const { token, attempt, keepsCookies } = loadTabState();
  if (token && !keepsCookies) await requireUsableLink();
  const view = await (token && attempt ? redeemLink(token, attempt) : readSession());
  markLinkSpent();
  const { seat, chat_url: chat, longest_report: longestReport, report_token: reportToken, report_days: reportDays } = view;
  saveTabState({ seat, chat, longestReport, reportToken, reportDays });
  if (location.pathname !== "/room") replaceAddress("/room");
  return view;
}
