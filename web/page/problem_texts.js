// What the problem screen says about a problem: the server's text, or the page's own where the problem arose in the page.

import { internal, page, serverCodes } from "./words.js";

/** @typedef {import("./api.js").ProblemText} ProblemText */

/** @param {{ code: string, text: ProblemText | null }} problem @returns {ProblemText} */
export function textFor({ code, text }) {
  if (code in page.problem.own) return page.problem.own[/** @type {keyof typeof page.problem.own} */ (code)];
  return text ?? internal;
}

/** Whether the page knows a code. Those of a newer server it does not. @param {string} code */
export function isKnown(code) {
  return code in page.problem.own || serverCodes.includes(code);
}
