// Times as people read them. Pure: tested without a browser.

/**
 * "16:07" in the reader's own way.
 * @param {string | number | null} moment
 * @param {string} [locale]
 */
export function clock(moment, locale) {
  return moment === null ? "" : new Date(moment).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
}

/**
 * "1 minute 48 seconds", in the page's language.
 * @param {number} milliseconds
 * @param {string} language
 */
export function duration(milliseconds, language) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const parts = [Math.floor(seconds / 60), seconds % 60];
  const some = parts[0] ? parts : parts.slice(1);
  const units = parts[0] ? ["minute", "second"] : ["second"];
  const named = some.map((part, place) =>
    new Intl.NumberFormat(language, { style: "unit", unit: units[place], unitDisplay: "long" }).format(part),
  );
  return named.join(" ");
}

/**
 * Whole minutes from `now` until `end`, never fewer than none.
 * @param {number} now milliseconds
 * @param {string} end
 */
export function minutesUntil(now, end) {
  return Math.max(0, Math.ceil((Date.parse(end) - now) / 60_000));
}

/**
 * How far the server's clock is ahead of ours, in milliseconds.
 * @param {string | null} serverNow
 * @param {number} ourNow
 */
export function ahead(serverNow, ourNow) {
  return serverNow === null ? 0 : Date.parse(serverNow) - ourNow;
}

/**
 * Seconds before the next try: 1, 2, 4, 8, then 10.
 * @param {number} attempt from 1
 */
export function pause(attempt) {
  return Math.min(10, 2 ** (attempt - 1));
}
