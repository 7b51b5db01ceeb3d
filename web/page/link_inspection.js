// Asks our server about the tab's link before it is redeemed: whether it can be, and whether this browser would keep the
// session's cookie. Redeems nothing.

import { inspectLink, Problem } from "./api.js";
import { LINK_IS_DEAD } from "./problem_codes.js";
import { waitFor } from "./retry_delays.js";
import { loadTabState, saveTabState } from "./storage.js";

export const INSPECT_EVERY_MS = 20_000;

/**
 * Inspect the tab's link now and then regularly. Rejects with the Problem once the link is dead or the browser turns out to
 * keep no cookies.
 * @param {AbortSignal} signal ends it; what it says afterwards does not count
 */
export async function watchLink(signal) {
  while (!signal.aborted) {
    await requireUsableLink();
    await waitFor(INSPECT_EVERY_MS);
  }
}

/** Throw the Problem because of which the link would be lost if it were redeemed here. */
export async function requireUsableLink() {
  try {
    await requireKeptCookie();
  } catch (error) {
    const { code } = Problem.from(error);
    if (LINK_IS_DEAD.has(code) || code === "no_cookies") throw error;
    // Whatever else goes wrong also goes wrong at redeeming, which says so.
  }
}

/** The first answer brings a cookie; a browser that does not send it back keeps none. */
async function requireKeptCookie() {
  const keepsCookies = (await readKeepsCookies()) || (await readKeepsCookies());
  if (keepsCookies === false) throw new Problem("no_cookies");
  if (keepsCookies) saveTabState({ keepsCookies });
}

/** Undefined if the answer does not tell, because it is not our server's. @returns {Promise<boolean | undefined>} */
async function readKeepsCookies() {
  const { token = "", attempt = "" } = loadTabState();
  return (await inspectLink(token, attempt)).keeps_cookies;
}
