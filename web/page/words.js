// The page's words, from the catalogue both doors share; placeholders are filled here.

import { page, problems } from "../../bot/words/en.json";

export { page, problems };

/**
 * A text with its `{placeholders}` filled.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** The language they are in. */
export function language() {
  return document.documentElement.lang;
}
