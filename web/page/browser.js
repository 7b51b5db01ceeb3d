// What this browser can do, found out before anything is spent.

/** @typedef {"in_app" | "insecure" | "no_devices" | "no_webrtc"} Obstacle */

const IN_APP = /Discord|FBAN|FBAV|Instagram|Line\/|Snapchat|TikTok|musical_ly|; wv\)/;

/**
 * What stands in the way of a call here, if anything.
 * @param {{ userAgent: string, mediaDevices: boolean, secure: boolean, webrtc: boolean }} browser
 * @returns {Obstacle | null}
 */
export function obstacle({ userAgent, mediaDevices, secure, webrtc }) {
  if (!webrtc) return "no_webrtc";
  if (!secure) return "insecure";
  if (IN_APP.test(userAgent)) return "in_app";
  return mediaDevices ? null : "no_devices";
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
