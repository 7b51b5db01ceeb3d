// Arranges the people's windows in three slots: as many side by side as fit, the others behind tabs of the last one.

import { unreadDot } from "./channel_list.js";
import { element } from "./dom.js";
import { PersonWindow } from "./person_window.js";

const SIDE_BY_SIDE = Object.freeze([
  [3, 1400], // windows, and the pixels that they need together
  [2, 932],
]);
const SLOTS = 3;

export class WindowLayout {
  #discord;
  #callbacks;
  #lastChannels = new Map();
  #windows = [];
  #slots = [];
  #tabs = element("div", { class: "tabs", role: "tablist", "aria-label": "People" });
  #selected = 0;

  /** `callbacks`: {onLinkOpened(person), onSwitched()}: a person opened a link; the windows show other people than before. */
  constructor(node, discord, callbacks) {
    this.node = node;
    this.#discord = discord;
    this.#callbacks = callbacks;
    new ResizeObserver(() => this.#windows.length && node.clientWidth && this.#arrangeIfChanged()).observe(node);
    discord.addEventListener("snapshot", () => (this.#windows.length ? this.#forEach((window) => window.handleSnapshot()) : this.#createWindows()));
    discord.addEventListener("messages", () => this.#forEach((window) => window.handleAllMessages()));
    discord.addEventListener("message", ({ detail }) => this.#forEach((window) => window.handleMessage(detail)));
    discord.addEventListener("gone", ({ detail }) => this.#forEach((window) => window.handleGone(detail)));
  }

  #forEach(update) {
    this.#windows.forEach(update);
    this.#drawTabs();
  }

  /** Start with the first two students and the admin. */
  #createWindows() {
    const { people } = this.#discord.snapshot;
    const students = people.filter(({ admin }) => !admin);
    const admins = people.filter(({ admin }) => admin);
    const first = [...students.slice(0, SLOTS - 1), ...admins, ...students.slice(SLOTS - 1)].slice(0, SLOTS);
    this.#slots = first.map((person, index) => element("div", { class: "slot", id: `slot-${index}` }));
    this.node.replaceChildren(this.#tabs, ...this.#slots);
    this.#windows = first.map((person, index) => this.#createWindow(person, index));
    this.#slots.forEach((slot, index) => slot.append(this.#windows[index].node));
    this.#arrange();
  }

  #createWindow(person, index) {
    return new PersonWindow(this.#discord, person, {
      onSwitch: (other) => this.#switchTo(other, index),
      onLinkOpened: this.#callbacks.onLinkOpened,
      lastChannelId: ({ id }) => this.#lastChannels.get(id) ?? this.#homeChannelId(person),
      onChannelOpened: ({ id }, channel) => this.#lastChannels.set(id, channel.id),
    });
  }

  /** Admins start in a channel that only some may read. */
  #homeChannelId(person) {
    return this.#discord.channelsOf(person).find(({ locked }) => person.admin && locked)?.id;
  }

  /** Put `person` into slot `index`. If they were in another slot, the two people change places. */
  #switchTo(person, index) {
    const from = this.#windows.findIndex(({ personId }) => personId === person.id);
    if (from === index) return;
    const replaced = this.#windows[index].person;
    this.#fillSlot(person, index);
    if (from >= 0) this.#fillSlot(replaced, from);
    this.#drawTabs();
    this.#callbacks.onSwitched();
    this.#windows[index].node.querySelector('[data-key="switch"]').focus();
  }

  #fillSlot(person, index) {
    this.#windows[index] = this.#createWindow(person, index);
    this.#slots[index].replaceChildren(this.#windows[index].node);
  }

  /** The slot with tabs, which is the last one side by side. */
  get #tabbedSlot() {
    const sideBySide = SIDE_BY_SIDE.find(([, width]) => this.node.clientWidth >= width)?.[0] ?? 1;
    return Math.min(sideBySide, this.#slots.length) - 1;
  }

  #arrangeIfChanged() {
    if (this.node.style.getPropertyValue("--slots") !== String(this.#tabbedSlot + 1)) this.#arrange();
  }

  #arrange() {
    const tabbedSlot = this.#tabbedSlot;
    this.#selected = Math.max(this.#selected, tabbedSlot);
    const hasTabs = this.#slots.length - 1 > tabbedSlot;
    this.node.style.setProperty("--slots", String(tabbedSlot + 1));
    this.node.classList.toggle("tabbed", hasTabs);
    this.#tabs.hidden = !hasTabs;
    this.#slots.forEach((slot, index) => this.#arrangeSlot(slot, index, hasTabs && index >= tabbedSlot));
    this.#drawTabs();
  }

  #arrangeSlot(slot, index, isTabbed) {
    slot.classList.toggle("last", isTabbed);
    slot.hidden = isTabbed && index !== this.#selected;
    for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", `tab-${index}`]]) {
      if (isTabbed) slot.setAttribute(name, value);
      else slot.removeAttribute(name);
    }
    if (!slot.hidden) this.#windows[index]?.handleShown();
  }

  #drawTabs() {
    if (this.#tabs.hidden) return;
    const first = this.#tabbedSlot;
    const hadFocus = this.#tabs.contains(document.activeElement);
    this.#tabs.replaceChildren(...this.#windows.slice(first).map((window, offset) => this.#renderTab(window, first + offset)));
    if (hadFocus) this.#focusSelectedTab();
  }

  #renderTab(window, index) {
    const isSelected = index === this.#selected;
    return element(
      "button",
      {
        type: "button", role: "tab", id: `tab-${index}`, "aria-selected": String(isSelected), "aria-controls": `slot-${index}`,
        tabindex: isSelected ? "0" : "-1", onclick: () => this.#select(index), onkeydown: (event) => this.#handleTabKey(event, index),
      },
      window.person.name,
      !isSelected && window.hasUnread ? unreadDot() : null,
    );
  }

  #handleTabKey(event, index) {
    const first = this.#tabbedSlot;
    const count = this.#windows.length - first;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.#select(first + ((index - first + step + count) % count));
    this.#focusSelectedTab();
  }

  #focusSelectedTab() {
    this.#tabs.querySelector('[aria-selected="true"]').focus();
  }

  #select(index) {
    this.#selected = Math.max(index, this.#tabbedSlot);
    this.#arrange();
  }

  /** The people whose windows there are, from the left. */
  get people() {
    return this.#windows.map(({ person }) => person);
  }

  /** The window of `person`, one of `people`, after opening its tab if it was behind one. */
  showWindowOf(person) {
    const index = this.#windows.findIndex(({ personId }) => personId === person.id);
    if (this.#slots[index].hidden) this.#select(index);
    return this.#windows[index];
  }
}
