// The page's texts, from the catalogue that the bot uses too.

import { page, problems } from "../../bot/words/en.json";

export { page, problems };

/**
 * Replace the `{placeholders}` in a text; unknown ones stay as they are.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fillPlaceholders(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The language of the texts, as an HTML language code. */
export function pageLanguage() {
  return document.documentElement.lang;
}
