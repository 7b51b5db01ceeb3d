// Asking for a new link, which comes in Discord.

import { Problem, resendLink } from "./api.js";
import { createButton, findElement, setText } from "./dom.js";
import { textFor } from "./problem_texts.js";
import { loadTabState } from "./storage.js";
import { page } from "./words.js";

/** Offer it, if this tab has ever had a link. @param {Element} root the problem screen */
export function offerNewLink(root) {
  const { token, spent } = loadTabState();
  const knownToken = token ?? spent;
  if (!knownToken) return;
  setText(root, "[data-feedback]", page.problem.new_link_comes);
  const request = async () => setText(root, "[data-feedback]", await requestNewLink(knownToken));
  const newLink = createButton(page.problem.new_link, request, { main: true });
  findElement(root, "[data-buttons]").append(newLink);
}

/** Returns the text to show. @param {string} token */
async function requestNewLink(token) {
  try {
    await resendLink(token);
    return page.problem.new_link_sent;
  } catch (error) {
    const problem = Problem.from(error);
    const { title, next } = textFor(problem);
    return problem.code === "offline" ? page.problem.new_link_failed : `${title}. ${next}`;
  }
}
