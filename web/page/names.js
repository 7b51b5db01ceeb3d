// Names as people write them, in any script: the initial that stands for a picture, and a writing direction of their own.

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_DIRECTIONAL_ISOLATE = "\u2069";
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const SHOWS_SOMETHING = /[\p{L}\p{N}\p{Extended_Pictographic}\p{Regional_Indicator}]/u;
/** Capitals of these letters are used for whole words only, and few fonts have them. */
const WITHOUT_INITIAL_CAPITALS = /\p{Script=Georgian}/u;

/** The first letter or emoji of a name as readers see it, with all that belongs to it. @param {string} name */
export function initialOf(name) {
  const letters = lettersOf(name);
  const first = letters.find((letter) => SHOWS_SOMETHING.test(letter)) ?? letters[0] ?? "";
  const capital = WITHOUT_INITIAL_CAPITALS.test(first) ? first : first.toUpperCase();
  return capital.length === first.length ? capital : first; // ß would become two letters
}

/**
 * A text that keeps its own writing direction inside a sentence, where there is no element for it. As in the bot, only
 * what is written from right to left is marked.
 * @param {string} text
 */
export function isolateName(text) {
  return RIGHT_TO_LEFT.test(text) ? FIRST_STRONG_ISOLATE + text + POP_DIRECTIONAL_ISOLATE : text;
}

/** @param {string} text */
function lettersOf(text) {
  if (!("Segmenter" in Intl)) return [...text]; // old browsers
  return [...new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(text)].map(({ segment }) => segment);
}
