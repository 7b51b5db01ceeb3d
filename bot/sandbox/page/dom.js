// Elements from plain values: text stays text, nothing is ever parsed as HTML.

/** An element with `props` (class, data, aria-…, on… listeners, attributes, true/false) and children (nodes, texts, nothing). */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (typeof value === "function") node.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(node.dataset, value);
  else node.setAttribute(name, value === true ? "" : String(value));
}

/** Replace what is in `node`, keeping the focus on the element with the same `data-key`. */
export function refill(node, ...children) {
  const key = node.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  node.replaceChildren(...children.flat(Infinity).filter(Boolean));
  if (key) find(node, key)?.focus({ preventScroll: true });
}

/** The element with this `data-key` inside `node`. */
export function find(node, key) {
  return node.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

/** A fresh id for labels and lists. */
export const newId = (() => {
  let last = 0;
  return (name) => `${name}-${(last += 1)}`;
})();
