// The page's texts in the document's language. The build puts them into the document, from the catalogue that the bot
// uses too.

import { isolateName } from "./names.js";

/**
 * @typedef {typeof import("../../bot/words/en.json")} Catalogue
 * @typedef {{ page: Catalogue["page"], internal: Catalogue["problems"]["internal"], server_codes: string[] }} Texts
 *   `page`: the page's own texts; `internal`: what is said of an error in the page; `server_codes`: the problem codes of this
 *   server, which sends their texts itself
 */

/** @type {Texts} */
export const { page, internal, server_codes: serverCodes } = JSON.parse(
  /** @type {Element} */ (document.getElementById("texts")).textContent ?? "",
);

/**
 * Replace the `{placeholders}` in a text; unknown ones stay as they are. Names keep their own writing direction.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fillPlaceholders(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => isolateName(String(values[name] ?? whole)));
}

/** The language of the texts, as an HTML language code. */
export function pageLanguage() {
  return document.documentElement.lang;
}
