// Which browser and system this is, and whether it can make the call. Checked before the link is redeemed.

/**
 * @typedef {"outdated" | "in_app" | "insecure" | "no_devices" | "no_webrtc"} Obstacle
 * @typedef {"chromium" | "firefox" | "safari" | "android" | "ios" | "other"} BrowserFamily by what its menus look like
 * @typedef {"windows" | "mac" | "android" | "ios" | "other"} OperatingSystem
 */

const IN_APP =
  /Discord|FBAN|FBAV|FB_IAB|Instagram|Line\/|Snapchat|TikTok|musical_ly|BytedanceWebview|Twitter|LinkedInApp|Pinterest|MicroMessenger|KAKAOTALK|Telegram|; wv\)|WebView/i;
const FAMILIES = /** @type {[RegExp, BrowserFamily][]} */ ([
  [/iPhone|iPad/, "ios"],
  [/Android/, "android"],
  [/Firefox\//, "firefox"],
  [/Chrome\/|Chromium\//, "chromium"],
  [/Safari\//, "safari"],
]);
const SYSTEMS = /** @type {[RegExp, OperatingSystem][]} */ ([
  [/iPhone|iPad/, "ios"],
  [/Android/, "android"],
  [/Windows/, "windows"],
  [/Mac OS X/, "mac"],
]);

/**
 * What prevents a call, in the order in which it is told.
 * @param {{ userAgent: string, current: boolean, mediaDevices: boolean, secure: boolean, webrtc: boolean }} capabilities
 * @returns {Obstacle[]}
 */
export function obstaclesFor({ userAgent, current, mediaDevices, secure, webrtc }) {
  if (!current) return ["outdated"];
  if (!secure) return ["insecure"];
  const lack = webrtc ? (mediaDevices ? null : "no_devices") : "no_webrtc";
  return /** @type {Obstacle[]} */ ([isInApp(userAgent) && "in_app", lack].filter(Boolean));
}

/** Whether nobody can join in spite of it. @param {Obstacle} obstacle */
export function isFinal(obstacle) {
  return obstacle !== "in_app" && obstacle !== "no_devices";
}

/** Apps name themselves. Of Apple's, only real browsers call themselves Safari. @param {string} userAgent */
function isInApp(userAgent) {
  return IN_APP.test(userAgent) || (/AppleWebKit/.test(userAgent) && !/Safari\//.test(userAgent));
}

/** @param {string} userAgent @returns {BrowserFamily} */
export function browserFamily(userAgent) {
  return FAMILIES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** @param {string} userAgent @returns {OperatingSystem} */
export function operatingSystem(userAgent) {
  return SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** What prevents a call in the browser this runs in. */
export function findObstacles() {
  return obstaclesFor({
    userAgent: navigator.userAgent,
    current: isCurrent(),
    mediaDevices: Boolean(navigator.mediaDevices?.getUserMedia),
    secure: isSecureContext,
    webrtc: typeof RTCPeerConnection === "function",
  });
}

/** Whether this browser is one that the page is built for: of all that the page needs, these two came last. */
function isCurrent() {
  return typeof AbortSignal.timeout === "function" && "inert" in document.documentElement;
}
