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
 * Put a state on the screen: its template, its name on the body, the focus on its heading.
 * @param {string} name
 * @param {string} [template]
 */
export function show(name, template = name) {
  const root = find(document, "#state");
  root.replaceChildren(copy(template));
  for (const brand of root.querySelectorAll("[data-mark]")) brand.prepend(copy("mark"));
  document.body.dataset.state = name;
  delete document.body.dataset.code;
  document.querySelector("h1")?.focus({ preventScroll: true });
  return root;
}

/**
 * A button with words that does something when it is pressed.
 * @param {string} label
 * @param {() => void} act
 * @param {boolean} [main]
 */
export function button(label, act, main = false) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  if (main) made.className = "main";
  made.onclick = act;
  return made;
}

/**
 * Say something once to whoever listens to the page.
 * @param {string} text
 */
export function announce(text) {
  find(document, "#announce").textContent = text;
}
