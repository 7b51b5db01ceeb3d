// Asking for a new link, which comes in Discord.

import { Problem, resendLink } from "./api.js";
import { createButton, createMainLink, findElement, setText } from "./dom.js";
import { NO_ANSWER } from "./problem_codes.js";
import { textFor } from "./problem_texts.js";
import { loadTabState } from "./storage.js";
import { page } from "./words.js";

/**
 * Offer it, if this tab has ever had a link. Once it is on its way, the next step is Discord.
 * @param {Element} root the problem screen
 * @param {string | undefined} chat where in Discord, if that is known
 */
export function offerNewLink(root, chat) {
  const { token, spent } = loadTabState();
  const knownToken = token ?? spent;
  if (!knownToken) return;
  setText(root, "[data-feedback]", page.problem.new_link_comes);
  const buttons = findElement(root, "[data-buttons]");
  const request = async () => {
    const text = await requestNewLink(knownToken);
    setText(root, "[data-feedback]", text);
    if (text !== page.problem.new_link_sent || !chat || !newLink.className) return;
    newLink.className = "";
    buttons.append(createMainLink(page.over.open_chat, chat));
  };
  const newLink = createButton(page.problem.new_link, request, { main: true });
  buttons.append(newLink);
}

/** Returns the text to show. @param {string} token */
async function requestNewLink(token) {
  try {
    await resendLink(token);
    return page.problem.new_link_sent;
  } catch (error) {
    const problem = Problem.from(error);
    const { title, next } = textFor(problem);
    return NO_ANSWER.has(problem.code) ? page.problem.new_link_failed : `${title}. ${next}`;
  }
}
