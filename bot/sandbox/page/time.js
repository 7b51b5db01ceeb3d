// Times as people read them, in the reader's own timezone.

import { el } from "./dom.js";

const FORMS = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
};
const STEPS = [["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]];

/** 16:01 */
export function clock(date, { seconds = false } = {}) {
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined });
}

/** "Today", "Monday" within the week, else the date. */
export function day(date, now) {
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return "Today";
  return date.toLocaleDateString("en-GB", days < 7 ? { weekday: "long" } : { dateStyle: "long" });
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** A <time> for Discord's `<t:…>`; `style` R is relative and goes on by itself with `tick`. */
export function moment(milliseconds, style) {
  const date = new Date(milliseconds);
  const time = el("time", { datetime: date.toISOString(), title: date.toLocaleString("en-GB") });
  if (style === "R") time.dataset.since = String(milliseconds);
  time.textContent = style === "R" ? relative(milliseconds, Date.now()) : date.toLocaleString("en-GB", FORMS[style]);
  return time;
}

/** "in 5 minutes", "2 hours ago" */
export function relative(milliseconds, now) {
  const seconds = Math.round((milliseconds - now) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "always" }).format(Math.trunc(seconds / size), unit);
}

/** Bring every relative time of the page up to `now`. */
export function tick(now) {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = relative(Number(time.dataset.since), now);
    if (time.textContent !== text) time.textContent = text;
  }
}
