// The way through the page: ready → entering → room → over, and a problem from everywhere.

import { joinToken, Problem, readSession, redeem } from "./api.js";
import { Call, load } from "./call.js";
import { Devices } from "./devices.js";
import { keep, kept, spent, takeLink } from "./keep.js";
import { over } from "./over.js";
import { showProblem, Tries } from "./problem.js";
import { Entering, ready } from "./ready.js";
import { Room } from "./room.js";
import { isOver } from "./stage.js";

/** @typedef {import("./api.js").View} View */

const devices = new Devices();

/** From the address to a call, over and over. */
async function live() {
  takeLink();
  addEventListener("hashchange", () => location.reload());
  const tries = new Tries();
  let view = await start();
  for (;;) {
    try {
      if (isOver(view ??= await spendLink())) view = await over(view);
      else view = await meet(view);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem("internal");
      devices.stop();
      await showProblem(problem, tries);
      view = await resume();
    }
  }
}

/** The session this browser holds; or, with a link in hand, the student's press on Join. @returns {Promise<View | null>} */
async function start() {
  const { token } = kept();
  if (token) {
    setTimeout(() => load().catch(() => {}), 300);
    await ready(devices);
    return null;
  }
  return resume();
}

/** After a reload or a problem: the session if there is one, else the link, else what is in the way. @returns {Promise<View | null>} */
async function resume() {
  if (kept().token) return null;
  const tries = new Tries();
  for (;;) {
    try {
      return remember(await readSession());
    } catch (error) {
      await showProblem(error instanceof Problem ? error : new Problem("internal"), tries);
    }
  }
}

/** Spend the link: the session it opens. @returns {Promise<View>} */
async function spendLink() {
  const { token, attempt } = kept();
  if (!token || !attempt) throw new Problem("no_session");
  const entering = new Entering(devices);
  try {
    const view = remember(await redeem(token, attempt));
    spent();
    return view;
  } finally {
    entering.left();
  }
}

/** @param {View} view */
function remember(view) {
  keep({ seat: view.seat, chat: view.chat_url });
  if (location.pathname !== "/room") history.replaceState(null, "", "/room");
  return view;
}

/** Enter the room and stay until it ends; answers how the session stands then. @param {View} view @returns {Promise<View>} */
async function meet(view) {
  const call = new Call(devices);
  const entering = new Entering(devices);
  entering.at("room");
  entering.meets(view);
  await devices.restore();
  try {
    entering.at("connect");
    await call.join();
  } catch (error) {
    await call.hangUp();
    throw await whyNot(error);
  } finally {
    entering.left();
  }
  const end = await new Room(view, call, devices).stay();
  await call.hangUp();
  if ("view" in end) {
    devices.stop();
    return end.view;
  }
  throw "problem" in end ? end.problem : new Problem("displaced");
}

/** LiveKit's client cannot tell a full room from a dead server: our own server can. @param {unknown} error */
async function whyNot(error) {
  if (!(error instanceof Problem) || error.code !== "video_unreachable") return error;
  try {
    await joinToken();
    return error;
  } catch (why) {
    return why;
  }
}

live();
