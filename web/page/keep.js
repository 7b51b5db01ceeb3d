// What this tab remembers across a reload: the link until it is spent, the seat, which devices were on.
// And what this browser remembers of a student's taste.

const NAME = "hey-buddy";

/**
 * @typedef {{ token?: string, attempt?: string, spent?: string, seat?: string,
 *   microphone?: boolean, camera?: boolean, chat?: string }} Kept
 * @typedef {"sounds" | "shortcuts"} Taste
 */

/** @returns {Kept} */
export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "{}");
  } catch {
    return {};
  }
}

/** @param {Partial<Kept>} values */
export function keep(values) {
  try {
    sessionStorage.setItem(NAME, JSON.stringify({ ...kept(), ...values }));
  } catch {
    // Without storage a reload asks for the link again; nothing else is lost.
  }
}

/** Take the link out of the address: nobody who looks at it, or at the history, finds it there. */
export function takeLink() {
  const token = location.hash.slice(1);
  if (!token) return;
  history.replaceState(null, "", location.pathname);
  if (token !== kept().token) keep({ token, attempt: uuid(), seat: undefined });
}

/** The link is spent; only asking for a new one still needs it. */
export function spent() {
  const { token } = kept();
  if (token) keep({ token: undefined, attempt: undefined, spent: token });
}

/** Whether the student likes something; until they say otherwise they do. @param {Taste} taste */
export function likes(taste) {
  try {
    return localStorage.getItem(`${NAME}-${taste}`) !== "off";
  } catch {
    return true;
  }
}

/** @param {Taste} taste @param {boolean} on */
export function like(taste, on) {
  try {
    localStorage.setItem(`${NAME}-${taste}`, on ? "on" : "off");
  } catch {
    // Without storage it holds for as long as the box is looked at.
  }
}

/** A random UUID; `crypto.randomUUID` is not there on addresses that are not secure. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
