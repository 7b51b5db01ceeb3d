// Discord's modals: a dialog over one person's window; the other windows stay usable.

import { ComponentType } from "./discord_types.js";
import { element, showText, uniqueId } from "./dom.js";
import { createField } from "./form_fields.js";

/**
 * Open the form `spec`, which the bot sent into `channel`, in `parent`, making the `background` nodes inert. `submit(values)` resolves to {failed?}: text keeps the form
 * open. `onClosed(focusedBefore)` is called when it has closed.
 */
export function openModal(spec, { discord, channel, parent, background, submit, onClosed }) {
  const components = spec.components.flatMap((row) => (row.type === ComponentType.actionRow ? row.components : [row]));
  const fields = components.map((component) => createField(component, discord, channel));
  const titleId = uniqueId("title");
  const problem = element("p", { class: "problem", role: "alert", hidden: true });
  const sendButton = element("button", { class: "button success", type: "submit" }, "Send");
  const focusedBefore = document.activeElement;
  const close = (event) => {
    event?.preventDefault();
    overlay.remove();
    background.forEach((node) => (node.inert = false));
    onClosed(focusedBefore);
  };
  const send = async (event) => {
    event.preventDefault();
    const missing = fields.find((field) => field.isMissing?.());
    if (missing) return showText(problem, `${missing.name} is still empty.`);
    sendButton.disabled = true;
    const values = await Promise.all(fields.filter(({ id }) => id).map(async (field) => [field.id, await field.value()]));
    const { failed } = await submit(Object.fromEntries(values));
    sendButton.disabled = false;
    return failed ? showText(problem, failed) : close();
  };
  const cancelButton = element("button", { class: "button", type: "button", onclick: close }, "Cancel");
  const heading = element("h3", { id: titleId }, spec.title);
  const buttons = element("div", { class: "dialog-buttons" }, cancelButton, sendButton);
  const form = element("form", { onsubmit: send }, heading, fields.map(({ node }) => node), problem, buttons);
  const closeOnEscape = (event) => event.key === "Escape" && close(event);
  const dialog = element("dialog", { open: true, "aria-labelledby": titleId, onkeydown: closeOnEscape }, form);
  const overlay = element("div", { class: "overlay" }, dialog);
  background.forEach((node) => (node.inert = true));
  parent.append(overlay);
  dialog.querySelector("input, textarea, [role=combobox], button")?.focus();
}
