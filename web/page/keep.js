// What this tab remembers across a reload: the link until it is spent, the seat, which devices were on.

const NAME = "hey-buddy";

/** @typedef {{ token?: string, attempt?: string, spent?: string, seat?: string, microphone?: boolean, camera?: boolean, chat?: string }} Kept */

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
  if (token !== kept().token) keep({ token, attempt: crypto.randomUUID() });
}

/** The link is spent; only asking for a new one still needs it. */
export function spent() {
  const { token } = kept();
  if (token) keep({ token: undefined, attempt: undefined, spent: token });
}
