// Formats times in the reader's time zone.

import { element } from "./dom.js";

const DAY_MS = 86_400_000;
const TIMESTAMP_STYLES = Object.freeze({
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
});
const UNITS = Object.freeze([["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1]]);

/** The sandbox's time, which may be ahead of the machine's, as the bar at the top shows it. */
export function currentTime() {
  const shown = document.getElementById("clock").dateTime;
  return shown ? new Date(shown) : new Date();
}

/** The time of day: 16:01. */
export function formatTime(date, { seconds = false } = {}) {
  return date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: seconds ? "2-digit" : undefined });
}

/** The day: "Today", the weekday if less than a week ago, else the date. */
export function formatDay(date, now) {
  const days = Math.round((midnight(now) - midnight(date)) / DAY_MS);
  if (days === 0) return "Today";
  return date.toLocaleDateString("en-GB", days < 7 ? { weekday: "long" } : { dateStyle: "long" });
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** A <time> element for Discord's `<t:…>`. With style R it is relative, and `updateRelativeTimes` keeps it current. */
export function timestampElement(milliseconds, style) {
  const date = new Date(milliseconds);
  const time = element("time", { datetime: date.toISOString(), title: date.toLocaleString("en-GB") });
  if (style === "R") time.dataset.since = String(milliseconds);
  time.textContent = style === "R" ? formatRelative(milliseconds, currentTime().getTime()) : date.toLocaleString("en-GB", TIMESTAMP_STYLES[style]);
  return time;
}

/** "in 5 minutes", "2 hours ago" */
export function formatRelative(milliseconds, now) {
  const seconds = Math.round((milliseconds - now) / 1000);
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "always" }).format(Math.trunc(seconds / size), unit);
}

/** Update every relative time on the page to `now` (milliseconds). */
export function updateRelativeTimes(now) {
  for (const time of document.querySelectorAll("time[data-since]")) {
    const text = formatRelative(Number(time.dataset.since), now);
    if (time.textContent !== text) time.textContent = text;
  }
}
