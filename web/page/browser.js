// Which browser and system this is, and whether it can make the call. Checked before the link is redeemed.

/**
 * @typedef {"in_app" | "insecure" | "no_devices" | "no_webrtc"} Obstacle
 * @typedef {"chromium" | "firefox" | "safari" | "android" | "ios" | "other"} BrowserFamily by what its menus look like
 * @typedef {"windows" | "mac" | "android" | "ios" | "other"} OperatingSystem
 */

const IN_APP = /Discord|FBAN|FBAV|Instagram|Line\/|Snapchat|TikTok|musical_ly|; wv\)|WebView/;
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
 * What prevents a call, or null.
 * @param {{ userAgent: string, mediaDevices: boolean, secure: boolean, webrtc: boolean }} capabilities
 * @returns {Obstacle | null}
 */
export function obstacleFor({ userAgent, mediaDevices, secure, webrtc }) {
  if (!secure) return "insecure";
  if (isInApp(userAgent)) return "in_app";
  if (!webrtc) return "no_webrtc";
  return mediaDevices ? null : "no_devices";
}

/** Apps name themselves. On an iPhone only real browsers call themselves Safari. @param {string} userAgent */
function isInApp(userAgent) {
  return IN_APP.test(userAgent) || (/iPhone|iPad/.test(userAgent) && !/Safari\//.test(userAgent));
}

/** @param {string} userAgent @returns {BrowserFamily} */
export function browserFamily(userAgent) {
  return FAMILIES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** @param {string} userAgent @returns {OperatingSystem} */
export function operatingSystem(userAgent) {
  return SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** What prevents a call in the browser this runs in, or null. */
export function findObstacle() {
  return obstacleFor({
    userAgent: navigator.userAgent,
    mediaDevices: Boolean(navigator.mediaDevices?.getUserMedia),
    secure: isSecureContext,
    webrtc: typeof RTCPeerConnection === "function",
  });
}
