// The page's operations on its document. Screens and parts are copied from templates; text is set, never markup.

import { isolateName } from "./names.js";
import { endLife, lifeOf, runLater } from "./screen_life.js";

/** Some screen readers miss a text that is set immediately after its region was emptied. */
const ANNOUNCE_AFTER_MS = 50;
const ANNOUNCEMENTS = "#announce";

/**
 * The first element inside `root` that matches `selector`. Throws if there is none.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T}
 */
export function findElement(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`no element matches ${selector}`);
  return /** @type {T} */ (found);
}

/** @param {string} id a template's */
export function cloneTemplate(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/** Replace what is shown by a new screen. @param {string} name also the template's id @param {string} [start] as in `revealScreen` */
export function showScreen(name, start) {
  const root = prepareScreen(name);
  revealScreen(name, root, start);
  return root;
}

/** Lay a screen out behind the current one, so that it can be revealed without delay. @param {string} template */
export function prepareScreen(template) {
  const root = document.createElement("div");
  root.className = "screen";
  root.inert = true;
  root.append(cloneTemplate(template));
  for (const brand of root.querySelectorAll("[data-brand]")) brand.prepend(cloneTemplate("logo"));
  findElement(document, "#screens").append(root);
  return root;
}

/**
 * Show a prepared screen, or the current one under another name: end the life of what was shown, with what it announced,
 * remove all other screens, set `data-state` of the body, and move the focus to the screen's start.
 * @param {string} name
 * @param {HTMLElement} root
 * @param {string} [start] a selector: where reading and the Tab key begin
 */
export function revealScreen(name, root, start = "h1") {
  for (const screen of [...findElement(document, "#screens").children]) {
    if (screen !== root || !root.inert) endLife(screen);
    if (screen !== root) screen.remove();
  }
  root.inert = false;
  const announcements = findElement(document, ANNOUNCEMENTS);
  announcements.textContent = "";
  delete announcements.dataset.next;
  document.body.dataset.state = name;
  delete document.body.dataset.code;
  updateTabTitle(findElement(root, "h1").textContent ?? "");
  findElement(root, start).focus({ preventScroll: true });
}

/**
 * Set an element's text and return the element. Writes only if the text changed; values of `{placeholders}` keep their
 * own writing direction.
 * @param {ParentNode} root
 * @param {string} selector
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
export function setText(root, selector, text, values = {}) {
  const node = findElement(root, selector);
  const parts = text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? String(values[part]) : part));
  if (node.textContent === parts.join("")) return node;
  node.replaceChildren(...parts.map((part, index) => (index % 2 ? isolateDirection(part) : part)));
  if (node.localName === "h1") updateTabTitle(parts.map((part, index) => (index % 2 ? isolateName(part) : part)).join(""));
  return node;
}

/** @param {string} text */
function isolateDirection(text) {
  const node = document.createElement("bdi");
  node.textContent = text;
  return node;
}

/** The tab's title follows the heading. @param {string} heading */
function updateTabTitle(heading) {
  document.title = [heading, "Hey Buddy"].filter(Boolean).join(" · ");
}

/**
 * What pressing a button does. Until it has ended, the button is marked as busy, and pressing it again does nothing.
 * @param {HTMLElement} button
 * @param {() => unknown} action may return a promise
 */
export function onPress(button, action) {
  button.onclick = async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await action();
    } finally {
      button.setAttribute("aria-busy", "false");
    }
  };
}

/**
 * @param {string} label
 * @param {() => unknown} action what pressing does
 * @param {{ main?: boolean, icon?: string, name?: string }} [look] `icon`: a name from the template "icons"; `name`: what
 *   is read instead of the label, which it begins with
 */
export function createButton(label, action, { main = false, icon, name } = {}) {
  const node = document.createElement("button");
  node.type = "button";
  node.textContent = label;
  if (icon) node.prepend(findElement(cloneTemplate("icons"), `.icon-${icon}`));
  if (main) node.className = "main";
  if (name) node.setAttribute("aria-label", name);
  onPress(node, action);
  return node;
}

/** A link that looks like the main button. @param {string} label @param {string} address */
export function createMainLink(label, address) {
  const node = document.createElement("a");
  node.className = "main";
  node.href = address;
  node.rel = "noreferrer";
  node.textContent = label;
  return node;
}

/**
 * A note: what is wrong, and what to do about it.
 * @param {{ title: string, detail: string }} text
 * @param {HTMLElement[]} buttons
 */
export function createNote({ title, detail }, buttons) {
  const node = /** @type {HTMLElement} */ (cloneTemplate("note").firstElementChild);
  setText(node, "[data-title]", title);
  setText(node, "[data-detail]", detail);
  findElement(node, "[data-buttons]").append(...buttons);
  return node;
}

/** Show a track in a video element, or hide the element. @param {HTMLVideoElement} video @param {MediaStreamTrack | null} track */
export function showTrack(video, track) {
  const shown = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks()[0] ?? null;
  video.hidden = !track;
  if (shown !== track) video.srcObject = track && new MediaStream([track]);
}

/**
 * Have screen readers announce a text, even if it equals the previous one. Texts that come at the same moment are announced
 * together. A screen that is not shown says nothing, and what is about to be said ends with the state that says it.
 * @param {Element} node the screen, or something on it
 * @param {string} text empty for nothing any more, what is about to be said included
 */
export function announce(node, text) {
  const screen = /** @type {HTMLElement | null} */ (node.closest(".screen"));
  if (!screen?.isConnected || screen.inert) return;
  const region = findElement(document, ANNOUNCEMENTS);
  const { next } = region.dataset;
  region.textContent = "";
  if (!next?.endsWith(text) || !text) region.dataset.next = next && text ? `${next} ${text}` : text;
  if (next !== undefined) return; // about to be announced
  const speak = () => {
    region.textContent = region.dataset.next ?? "";
    delete region.dataset.next;
  };
  runLater(lifeOf(screen), speak, ANNOUNCE_AFTER_MS);
}
