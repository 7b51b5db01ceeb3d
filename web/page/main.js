// The page from its start: ready → entering → room → over or report, with a problem possible at every step.

import { Problem } from "./api.js";
import { findObstacles, isFinal } from "./browser.js";
import { Devices } from "./devices.js";
import { findElement } from "./dom.js";
import { EnteringScreen } from "./entering_screen.js";
import { keepFocus } from "./focus_keeper.js";
import { watchLink } from "./link_inspection.js";
import { showObstacle } from "./obstacle_screen.js";
import { showJustLeft, showOver } from "./over_screen.js";
import { showProblem } from "./problem_screen.js";
import { showReady } from "./ready_screen.js";
import { keptReport } from "./report_delivery.js";
import { showReport } from "./report_screen.js";
import { openRoom } from "./room_entry.js";
import { loadTabState, takeLinkFromAddress } from "./storage.js";
import { sendWaitingReports } from "./waiting_reports.js";

/** @typedef {import("./room_entry.js").Entered} Entered @typedef {import("./room_screen.js").RoomScreen} RoomScreen */

const FETCH_ROOM_AFTER_MS = 300;
const NO_PROGRESS = /** @type {import("./room_entry.js").Progress} */ ({ showStep() {}, showPartner() {}, showChecking() {} });
/** What only the room needs, in chunks of their own. */
const loadRoom = async () => {
  const [kit, parts] = await Promise.all([import("./livekit.js"), import("./room.js")]);
  return { kit, ...parts };
};

/** Take the student into the room, and back again after leaving is undone, for as long as the page is open. */
async function runPage() {
  const devices = new Devices();
  keepFocus(findElement(document, "#screens"));
  takeLinkFromAddress();
  addEventListener("hashchange", () => location.reload());
  sendWaitingReports();
  if (keptReport()) return showReport();
  let { view, room } = await (loadTabState().token ? enterByLink(devices) : enterAgain(devices));
  for (;;) {
    if (!room) await showOver(view); // returns only if the student goes back
    ({ view, room } = await (room ? stayInRoom(devices, room) : enter(devices)));
  }
}

/**
 * Enter once the student has pressed Join. The link is not redeemed before that; if it turns out to be dead, that is shown
 * instead of what they see.
 * @param {Devices} devices
 * @returns {Promise<Entered>}
 */
async function enterByLink(devices) {
  const watching = new AbortController();
  try {
    const joining = waitForJoin(devices);
    await Promise.race([joining, watchLink(watching.signal)]);
    return enter(devices, await joining);
  } catch (error) {
    return solveProblem(devices, error);
  } finally {
    watching.abort();
  }
}

/** Show what prevents a call, and then the ready screen until the student presses Join. @param {Devices} devices */
async function waitForJoin(devices) {
  for (const obstacle of findObstacles()) await showObstacle(obstacle);
  setTimeout(() => loadRoom().then(({ kit }) => kit.warmUp()).catch(() => {}), FETCH_ROOM_AFTER_MS);
  return showReady(devices);
}

/** Enter without a link. Who could join in spite of an obstacle has done so. @param {Devices} devices */
async function enterAgain(devices) {
  for (const obstacle of findObstacles().filter(isFinal)) await showObstacle(obstacle);
  return enter(devices);
}

/**
 * Enter, showing progress; problems are shown until they are solved.
 * @param {Devices} devices
 * @param {import("./preview.js").Preview} [preview] the ready screen's
 * @returns {Promise<Entered>}
 */
async function enter(devices, preview) {
  const screen = new EnteringScreen(devices, loadTabState().token ? "link" : "room", preview);
  try {
    return await openRoom(devices, screen, loadRoom).finally(() => screen.dispose());
  } catch (error) {
    return solveProblem(devices, error);
  }
}

/** Show a problem until it is solved by retrying or by entering again. @param {Devices} devices @param {unknown} error @returns {Promise<Entered>} */
async function solveProblem(devices, error) {
  devices.releaseAll();
  return (await showProblem(Problem.from(error), () => retryQuietly(devices))) ?? enter(devices);
}

/** Enter while the problem screen stays visible; if that fails, release the devices again. @param {Devices} devices */
async function retryQuietly(devices) {
  try {
    return await openRoom(devices, NO_PROGRESS, loadRoom);
  } catch (error) {
    devices.releaseAll();
    throw error;
  }
}

/** Stay in the room until it ends, and handle what follows. @param {Devices} devices @param {RoomScreen} room @returns {Promise<Entered>} */
async function stayInRoom(devices, room) {
  const end = await room.stay();
  if ("problem" in end) return solveProblem(devices, end.problem);
  devices.releaseAll();
  if ("over" in end) return { view: end.over, room: null };
  if ("reported" in end) return showReport();
  if ("live" in end) return enter(devices); // they left, and undid it, before their page knew
  await showJustLeft(end.left);
  return enter(devices);
}

runPage();
