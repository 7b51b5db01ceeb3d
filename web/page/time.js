// Times and durations as text, and the server's clock. Pure: tested without a browser.

/**
 * "16:07", as the locale writes it; empty for null.
 * @param {string | number | null} time ISO 8601, or milliseconds since 1970
 * @param {string} [locale] the browser's own by default
 */
export function timeOfDay(time, locale) {
  return time === null ? "" : new Date(time).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/**
 * "1 minute 48 seconds", rounded up to whole seconds.
 * @param {number} milliseconds
 * @param {string} language
 */
export function durationText(milliseconds, language) {
  const total = Math.max(0, Math.ceil(milliseconds / 1000));
  const [minutes, seconds] = [Math.floor(total / 60), total % 60];
  const parts = [...(minutes ? [{ unit: "minute", count: minutes }] : []), { unit: "second", count: seconds }];
  const texts = parts.map(({ unit, count }) =>
    new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(count),
  );
  return texts.join(" ");
}

/**
 * Minutes from `now` until `end`, rounded up; 0 once `end` has passed.
 * @param {number} now milliseconds since 1970
 * @param {string} end ISO 8601
 */
export function minutesUntil(now, end) {
  return Math.max(0, Math.ceil((Date.parse(end) - now) / 60_000));
}

/**
 * How many milliseconds the server's clock is ahead of ours; 0 if its time is unknown.
 * @param {string | null} serverNow
 * @param {number} ourNow milliseconds since 1970
 */
export function serverClockOffset(serverNow, ourNow) {
  return serverNow === null ? 0 : Date.parse(serverNow) - ourNow;
}
