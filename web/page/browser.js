// What this browser is and what it can do, found out before anything is spent.

/**
 * @typedef {"in_app" | "insecure" | "no_devices" | "no_webrtc"} Obstacle
 * @typedef {"chromium" | "firefox" | "safari" | "android" | "ios" | "other"} Family whose menus a student looks at
 * @typedef {"windows" | "mac" | "android" | "ios" | "other"} System
 */

const IN_APP = /Discord|FBAN|FBAV|Instagram|Line\/|Snapchat|TikTok|musical_ly|; wv\)|WebView/;
const FAMILIES = /** @type {[RegExp, Family][]} */ ([
  [/iPhone|iPad/, "ios"],
  [/Android/, "android"],
  [/Firefox\//, "firefox"],
  [/Chrome\/|Chromium\//, "chromium"],
  [/Safari\//, "safari"],
]);
const SYSTEMS = /** @type {[RegExp, System][]} */ ([
  [/iPhone|iPad/, "ios"],
  [/Android/, "android"],
  [/Windows/, "windows"],
  [/Mac OS X/, "mac"],
]);

/**
 * What stands in the way of a call here, if anything.
 * @param {{ userAgent: string, mediaDevices: boolean, secure: boolean, webrtc: boolean }} browser
 * @returns {Obstacle | null}
 */
export function obstacle({ userAgent, mediaDevices, secure, webrtc }) {
  if (!secure) return "insecure";
  if (isInApp(userAgent)) return "in_app";
  if (!webrtc) return "no_webrtc";
  return mediaDevices ? null : "no_devices";
}

/** Apps name themselves; on an iPhone only real browsers call themselves Safari. @param {string} userAgent */
function isInApp(userAgent) {
  return IN_APP.test(userAgent) || (/iPhone|iPad/.test(userAgent) && !/Safari\//.test(userAgent));
}

/** @param {string} userAgent @returns {Family} */
export function family(userAgent) {
  return FAMILIES.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** @param {string} userAgent @returns {System} */
export function system(userAgent) {
  return SYSTEMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "other";
}

/** What stands in the way in this very browser. */
export function obstacleHere() {
  return obstacle({
    userAgent: navigator.userAgent,
    mediaDevices: Boolean(navigator.mediaDevices?.getUserMedia),
    secure: isSecureContext,
    webrtc: typeof RTCPeerConnection === "function",
  });
}
