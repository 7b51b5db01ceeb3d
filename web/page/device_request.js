// Asks the browser for a microphone or camera, and tells what its refusals mean.

/** @typedef {import("./devices.js").Kind} Kind */
/**
 * @typedef {"blocked" | "closed" | "system" | "busy" | "missing" | "unsupported"} Refusal
 *   `blocked`: by the browser; `closed`: the student closed the browser's question; `system`: blocked by the device;
 *   `busy`: it does not start, most often because another program has it; `missing`: there is none; `unsupported`: the
 *   browser gives devices to no page
 */

const CAMERA_WISHES = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } };
const MICROPHONE_WISHES = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/**
 * Ask for a device; the browser may ask the student, and then answers late or never. Throws what the browser throws.
 * @param {Kind} kind
 * @param {ConstrainDOMStringParameters} deviceId {} for any device
 */
export async function requestTrack(kind, deviceId) {
  if (!navigator.mediaDevices?.getUserMedia) throw new TypeError("no access to devices");
  const wishes = kind === "camera" ? { video: { ...CAMERA_WISHES, deviceId } } : { audio: { ...MICROPHONE_WISHES, deviceId } };
  const stream = await navigator.mediaDevices.getUserMedia(wishes);
  return stream.getTracks()[0];
}

/**
 * What a browser's error means. Chromium's message tells why: the student blocked the device, the student dismissed the
 * prompt, or the system refused.
 * @param {unknown} error
 * @returns {Refusal}
 */
export function refusalFrom(error) {
  const { name, message } = error instanceof Error || error instanceof DOMException ? error : new Error();
  if (name === "NotAllowedError" && /by system/i.test(message)) return "system";
  if (name === "NotAllowedError" && /dismissed/i.test(message)) return "closed";
  if (name === "NotAllowedError" || name === "SecurityError") return "blocked";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return name === "TypeError" ? "unsupported" : "busy";
}

/** The browser's permission for a device, or null if it does not tell. @param {Kind} kind */
export async function queryPermission(kind) {
  const name = /** @type {PermissionName} */ (kind); // not every browser knows both names
  return (await navigator.permissions?.query({ name }).catch(() => null)) ?? null;
}

/**
 * A function that tells whether the permission for a device that was just opened has been taken back since. Some browsers
 * call a permission "prompt" even while it is in use.
 * @param {Kind} kind
 */
export function watchRevocation(kind) {
  const before = queryPermission(kind).then((permission) => permission?.state);
  return async () => {
    const state = (await queryPermission(kind))?.state;
    return state === "denied" || (state === "prompt" && (await before) === "granted");
  };
}
