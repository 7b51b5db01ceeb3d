// What a tab remembers across reloads (the link until it is redeemed, the seat, which devices were on), and what the browser
// remembers: the student's preferences, and reports that could not be sent yet. A browser that forbids storage keeps all but
// the preferences in the entry of the tab's history.

const KEY = "hey-buddy";
const REPORTS_KEY = `${KEY}-reports`;

/**
 * @typedef {{ token?: string, attempt?: string, spent?: string, seat?: string, microphone?: boolean, camera?: boolean,
 *   chat?: string, keepsCookies?: boolean, longestReport?: number, videoShownIn?: string, report?: KeptReport, reportToken?: string | null, reportDays?: number,
 *   waitingReports?: WaitingReport[] }} TabState
 *   `token`: the link's, until it is redeemed; `spent`: the same token afterwards; `attempt`: a UUID that makes redeeming
 *   repeatable; `chat`: the address of the channel in Discord; `keepsCookies`: whether our server has seen that this browser
 *   keeps a cookie of ours; `longestReport`: how many characters a report may have; `videoShownIn`: the seat in whose meeting
 *   the student asked to see the partner; `report`: what the student has reported; `reportToken`: with which this seat reports, for `reportDays`
 *   after the match; `waitingReports`: if the browser keeps none
 * @typedef {import("./report_delivery.js").KeptReport} KeptReport
 * @typedef {import("./waiting_reports.js").WaitingReport} WaitingReport
 * @typedef {"sounds" | "shortcuts"} Preference
 */

/** @returns {TabState} */
export function loadTabState() {
  try {
    return JSON.parse(readFromHistory() ?? sessionStorage.getItem(KEY) ?? "{}");
  } catch {
    return {};
  }
}

/** What is kept in the entry of the tab's history because storage is forbidden. @returns {string | undefined} */
function readFromHistory() {
  return globalThis.history?.state?.[KEY];
}

/** Merge `values` into what the tab remembers; undefined forgets a value. @param {Partial<TabState>} values */
export function saveTabState(values) {
  const state = JSON.stringify({ ...loadTabState(), ...values });
  try {
    sessionStorage.setItem(KEY, state);
  } catch {
    keepInHistory(state);
  }
}

/** @param {string} state */
function keepInHistory(state) {
  try {
    history.replaceState({ [KEY]: state }, "");
  } catch {
    // Browsers refuse this only if it happens very often; then a reload requires opening the link again.
  }
}

/** Show another address in place of the tab's, without loading it. What the tab remembers stays. @param {string} path */
export function replaceAddress(path) {
  history.replaceState(history.state, "", path);
}

/** Move the link's token from the address into the tab, so that neither the address bar nor the history shows it. */
export function takeLinkFromAddress() {
  const token = location.hash.slice(1);
  if (!token) return;
  replaceAddress(location.pathname);
  if (token !== loadTabState().token) {
    const ofEarlierSeat = { seat: undefined, chat: undefined, keepsCookies: undefined, report: undefined, reportToken: undefined };
    saveTabState({ token, attempt: randomUuid(), ...ofEarlierSeat });
  }
}

/** Remember that the link is redeemed. Its token is kept only for requesting a new one. */
export function markLinkSpent() {
  const { token } = loadTabState();
  if (token) saveTabState({ token: undefined, attempt: undefined, spent: token });
}

/** Preferences are on until the student turns them off. @param {Preference} preference */
export function isPreferenceOn(preference) {
  try {
    return localStorage.getItem(`${KEY}-${preference}`) !== "off";
  } catch {
    return true;
  }
}

/** @param {Preference} preference @param {boolean} on */
export function setPreference(preference, on) {
  try {
    localStorage.setItem(`${KEY}-${preference}`, on ? "on" : "off");
  } catch {
    // Without storage, the choice cannot be kept.
  }
}

/** The reports that wait in this browser, whichever tab has made them. @returns {WaitingReport[]} */
export function loadWaitingReports() {
  const ofTab = loadTabState().waitingReports ?? [];
  try {
    return [...ofTab, ...JSON.parse(localStorage.getItem(REPORTS_KEY) ?? "[]")];
  } catch {
    return ofTab;
  }
}

/** @param {WaitingReport[]} reports */
export function saveWaitingReports(reports) {
  try {
    if (reports.length) localStorage.setItem(REPORTS_KEY, JSON.stringify(reports));
    else localStorage.removeItem(REPORTS_KEY);
    saveTabState({ waitingReports: undefined });
  } catch {
    saveTabState({ waitingReports: reports });
  }
}

/** A random UUID. `crypto.randomUUID` is missing on insecure addresses. */
function randomUuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
