// Creates and replaces DOM elements. Text is always inserted as text, never parsed as HTML.

/** An element with `props` (class, data, on… listeners, attributes; true sets, false and null omit) and children (nodes, strings or nothing). */
export function element(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProperty(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function setProperty(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Replace the children of `node`; if the focus was inside, it goes to the new element with the same `data-key`. */
export function replaceContent(node, ...children) {
  const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (key) findByKey(node, key)?.focus({ preventScroll: true });
}

/** Find the element inside `node` with this `data-key`. */
export function findByKey(node, key) {
  return node.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

/** An id that no other element has, for labels and lists. */
export function uniqueId(prefix) {
  return `${prefix}-${crypto.randomUUID()}`;
}

/** Text for screen readers only. */
export function hiddenText(text) {
  return element("span", { class: "visually-hidden" }, text);
}

/** Show `text` in an element that is hidden while it has none. */
export function showText(node, text) {
  node.textContent = text;
  node.hidden = !text;
}
