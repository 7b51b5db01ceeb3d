// The way through the page: ready → entering → room → over, and a problem from everywhere.

import { joinToken, leave, Problem, readSession, redeem } from "./api.js";
import { obstacleHere } from "./browser.js";
import { Call } from "./call.js";
import { Devices } from "./devices.js";
import { Entering } from "./entering.js";
import { keep, kept, spent, takeLink } from "./keep.js";
import { showObstacle } from "./obstacle.js";
import { justLeft, over } from "./over.js";
import { showProblem } from "./problem.js";
import { ready } from "./ready.js";
import { Room } from "./room.js";
import { isOver } from "./stage.js";

/** @typedef {import("./api.js").View} View */
/** @typedef {Pick<Entering, "at" | "meets">} Progress */
/** @typedef {{ view: View, room: Room | null }} Entrance a session, and the room unless it is over */

const LOOK_FIRST = 300;
const QUIETLY = /** @type {Progress} */ ({ at() {}, meets() {} });
const devices = new Devices();
const liveKit = () => import("./livekit.js");

/** From the address to a call, over and over. */
async function live() {
  takeLink();
  addEventListener("hashchange", () => location.reload());
  const mirror = kept().token ? await beforeJoin() : undefined;
  for (let entrance = await goIn(mirror); ; ) {
    const { view, room } = entrance;
    entrance = room ? await meet(room) : await over(view).then(() => goIn());
  }
}

/** With a link in hand: the student looks at themselves, and nothing is spent until they press Join. */
async function beforeJoin() {
  const obstacle = obstacleHere();
  if (obstacle) await showObstacle(obstacle);
  setTimeout(() => liveKit().then((kit) => kit.warmUp()).catch(() => {}), LOOK_FIRST);
  return ready(devices);
}

/**
 * Enter, with what happens on the screen; problems are shown until they are solved.
 * @param {import("./mirror.js").Mirror} [mirror] what *ready* showed
 * @returns {Promise<Entrance>}
 */
async function goIn(mirror) {
  const entering = new Entering(devices, kept().token ? "link" : "room", mirror);
  try {
    return await enter(entering);
  } catch (error) {
    return await solve(error);
  } finally {
    entering.left();
  }
}

/** @param {unknown} error @returns {Promise<Entrance>} */
async function solve(error) {
  devices.rest();
  const problem = error instanceof Problem ? error : new Problem("internal");
  return (await showProblem(problem, tryAgain)) ?? goIn();
}

/** Enter with nothing on the screen; where that fails the devices rest again. */
async function tryAgain() {
  try {
    return await enter(QUIETLY);
  } catch (error) {
    devices.rest();
    throw error;
  }
}

/**
 * Spend the link, or find the session this browser holds; get a way into the room; connect. Raises Problem.
 * @param {Progress} progress
 * @returns {Promise<Entrance>}
 */
async function enter(progress) {
  const loading = liveKit();
  loading.catch(() => {}); // it is waited for below
  const view = await session();
  if (isOver(view)) return { view, room: null };
  progress.at("room");
  progress.meets(view);
  const way = view.way ?? (await joinToken());
  progress.at("connect");
  devices.restore();
  const kit = await loading.catch(() => Promise.reject(new Problem("offline")));
  const call = new Call(devices, kit);
  const joined = call.join(way);
  const room = new Room(view, call, devices); // laid out while the connection is made
  try {
    await joined;
  } catch (error) {
    room.left();
    throw error;
  }
  return { view, room };
}

/** @returns {Promise<View>} */
async function session() {
  const { token, attempt } = kept();
  const view = await (token && attempt ? redeem(token, attempt) : readSession());
  spent();
  keep({ seat: view.seat, chat: view.chat_url });
  if (location.pathname !== "/room") history.replaceState(null, "", "/room");
  return view;
}

/** Stay in the room until it ends, and see to what comes then. @param {Room} room @returns {Promise<Entrance>} */
async function meet(room) {
  const end = await room.stay();
  if ("problem" in end) return solve(end.problem);
  devices.rest();
  if ("over" in end) return { view: end.over, room: null };
  await justLeft(end.left, leave().then(readSession));
  return goIn();
}

live();
