// The few things the page does with its document: templates become states, text is set, never markup.

/**
 * The one element inside `root` that `selector` names.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T}
 */
export function find(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`nothing is ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * A copy of a template.
 * @param {string} id
 */
export function copy(id) {
  const template = /** @type {HTMLTemplateElement} */ (document.getElementById(id));
  return /** @type {DocumentFragment} */ (template.content.cloneNode(true));
}

/**
 * Put a state on the screen.
 * @param {string} name
 * @param {string} [template]
 */
export function show(name, template = name) {
  const root = prepare(template);
  reveal(name, root);
  return root;
}

/**
 * Lay a state out behind the one on the screen, so that it is there at once when its moment comes.
 * @param {string} template
 */
export function prepare(template) {
  const root = document.createElement("div");
  root.className = "state";
  root.inert = true;
  root.append(copy(template));
  for (const brand of root.querySelectorAll("[data-mark]")) brand.prepend(copy("mark"));
  find(document, "#states").append(root);
  return root;
}

/**
 * Put a state that was prepared, or another name of the one there, on the screen: alone, its name on the body, the
 * focus on its heading.
 * @param {string} name
 * @param {HTMLElement} root
 */
export function reveal(name, root) {
  for (const other of [...find(document, "#states").children]) if (other !== root) other.remove();
  root.inert = false;
  document.body.dataset.state = name;
  delete document.body.dataset.code;
  const heading = find(root, "h1");
  entitle(heading);
  heading.focus({ preventScroll: true });
}

/**
 * Set an element's text, once per change; what fills a `{placeholder}` keeps its own writing direction.
 * @param {ParentNode} root
 * @param {string} selector
 * @param {string} text
 * @param {Record<string, string | number>} [values]
 */
export function say(root, selector, text, values = {}) {
  const node = find(root, selector);
  const parts = text.split(/\{(\w+)\}/).map((part, place) => (place % 2 ? String(values[part]) : part));
  if (node.textContent === parts.join("")) return node;
  node.replaceChildren(...parts.map((part, place) => (place % 2 ? isolated(part) : part)));
  if (node.localName === "h1") entitle(node);
  return node;
}

/** @param {string} text */
function isolated(text) {
  const made = document.createElement("bdi");
  made.textContent = text;
  return made;
}

/** What the tab is called follows the heading. @param {Element} heading */
function entitle(heading) {
  document.title = [heading.textContent, "Hey Buddy"].filter(Boolean).join(" · ");
}

/**
 * A button with words, and perhaps a sign, that does something when it is pressed.
 * @param {string} label
 * @param {() => void} act
 * @param {{ main?: boolean, icon?: string }} [look]
 */
export function button(label, act, { main = false, icon } = {}) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  if (icon) made.prepend(find(copy("icons"), `.icon-${icon}`));
  if (main) made.className = "main";
  made.onclick = act;
  return made;
}

/**
 * A link that looks like the main button.
 * @param {string} label
 * @param {string} address
 */
export function mainLink(label, address) {
  const made = document.createElement("a");
  made.className = "main";
  made.href = address;
  made.rel = "noreferrer";
  made.textContent = label;
  return made;
}

/**
 * A note: what is in the way, and what to do about it.
 * @param {{ title: string, detail: string }} words
 * @param {HTMLElement[]} buttons
 */
export function note(words, buttons) {
  const made = /** @type {HTMLElement} */ (copy("note").firstElementChild);
  say(made, "[data-title]", words.title);
  say(made, "[data-detail]", words.detail);
  find(made, "[data-buttons]").append(...buttons);
  return made;
}

/**
 * Show a picture, or nothing, in a video element.
 * @param {HTMLVideoElement} video
 * @param {MediaStreamTrack | null} track
 */
export function showTrack(video, track) {
  const shown = /** @type {MediaStream | null} */ (video.srcObject)?.getVideoTracks()[0] ?? null;
  video.hidden = !track;
  if (shown !== track) video.srcObject = track && new MediaStream([track]);
}

/**
 * Say something once to whoever listens to the page; the same words again are news again.
 * @param {string} text
 */
export function announce(text) {
  const region = find(document, "#announce");
  region.textContent = "";
  setTimeout(() => (region.textContent = text), 50);
}
