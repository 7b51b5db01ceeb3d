// The page's texts in the document's language. The build puts them into the document, from the catalogue that the bot
// uses too.

/** @typedef {Pick<typeof import("../../bot/words/en.json"), "page" | "problems">} Texts */

/** `page`: the page's own texts; `problems`: those of the server's problem codes. @type {Texts} */
export const { page, problems } = JSON.parse(/** @type {Element} */ (document.getElementById("texts")).textContent ?? "");

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
