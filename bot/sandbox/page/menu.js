// A button that opens a small menu: arrows move, Enter chooses, Escape and a click elsewhere close it.

import { element } from "./dom.js";

const ITEM = '[role^="menuitem"]';

/** Wrap `button` with a menu. `items()` returns [{name, note?, icon?, checked?, onChosen()}] each time it opens; {heading} begins a group. */
export function createMenu(button, label, items) {
  const list = element("div", { role: "menu", "aria-label": label, hidden: true });
  const node = element("div", { class: "menu" }, button, list);
  const close = (returnFocus) => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (returnFocus) button.focus();
  };
  const open = () => {
    list.replaceChildren(...items().map((item) => renderItem(item, () => close(true))));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.querySelector(ITEM)?.focus();
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (list.hidden ? open() : close(true)));
  node.addEventListener("keydown", (event) => handleKey(event, list, close));
  node.addEventListener("focusout", (event) => !node.contains(event.relatedTarget) && close(false));
  return node;
}

function renderItem(item, close) {
  if (item.heading) return element("p", { role: "presentation" }, item.heading);
  const isRadio = item.checked !== undefined;
  const choose = () => {
    close();
    item.onChosen();
  };
  const props = { type: "button", role: isRadio ? "menuitemradio" : "menuitem", tabindex: "-1", "aria-checked": isRadio ? String(item.checked) : null };
  return element("button", { ...props, onclick: choose }, item.icon, element("span", {}, item.name), item.note ? element("small", {}, item.note) : null);
}

function handleKey(event, list, close) {
  if (list.hidden) return;
  const items = [...list.querySelectorAll(ITEM)];
  const current = items.indexOf(document.activeElement);
  const next = { ArrowDown: current + 1, ArrowUp: current - 1 + items.length, Home: 0, End: items.length - 1 }[event.key];
  if (event.key === "Escape") close(true);
  else if (next !== undefined) items[next % items.length].focus();
  else return;
  event.preventDefault();
}
