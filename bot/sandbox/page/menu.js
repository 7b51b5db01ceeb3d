// A button that opens a small menu: arrows move, Enter takes, Escape and a click elsewhere close.

import { el } from "./dom.js";

/** `items()` answers [{name, note?, sign?, checked?, take()}] each time the menu opens; `button` is the element that opens it. */
export function menu(button, label, items) {
  const list = el("div", { role: "menu", "aria-label": label, hidden: true });
  const node = el("div", { class: "menu" }, button, list);
  const close = (focus) => {
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focus) button.focus();
  };
  const open = () => {
    list.replaceChildren(...items().map((item) => row(item, () => close(true))));
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    list.firstElementChild?.focus();
  };
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-expanded", "false");
  button.addEventListener("click", () => (list.hidden ? open() : close(true)));
  node.addEventListener("keydown", (event) => key(event, list, close));
  node.addEventListener("focusout", (event) => !node.contains(event.relatedTarget) && close(false));
  return node;
}

function row(item, close) {
  const role = item.checked === undefined ? "menuitem" : "menuitemradio";
  const take = () => {
    close();
    item.take();
  };
  const props = { type: "button", role, tabindex: "-1", "aria-checked": item.checked === undefined ? null : String(item.checked) };
  return el("button", { ...props, onclick: take }, item.sign, el("span", {}, item.name), item.note ? el("small", {}, item.note) : null);
}

function key(event, list, close) {
  if (list.hidden) return;
  const rows = [...list.children];
  const at = rows.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1 + rows.length, Home: 0, End: rows.length - 1 }[event.key];
  if (event.key === "Escape") close(true);
  else if (to !== undefined) rows[to % rows.length].focus();
  else return;
  event.preventDefault();
}
