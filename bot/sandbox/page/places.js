// Who stands where: three places, as many side by side as fit, the rest behind tabs of the last one.

import { Column } from "./column.js";
import { el } from "./dom.js";

const WIDTHS = [
  [3, "(min-width: 1400px)"],
  [2, "(min-width: 932px)"],
];
const PLACES = 3;

export class Places {
  #world;
  #told;
  #last = new Map();
  #columns = [];
  #places = [];
  #tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "People" });
  #front = 0;

  /** `told`: {opened(person), switched()}: somebody opened a link, somebody else stands somewhere. */
  constructor(node, world, told) {
    this.node = node;
    this.#world = world;
    this.#told = told;
    for (const [, query] of WIDTHS) matchMedia(query).addEventListener("change", () => this.#arrange());
    world.addEventListener("stage", () => (this.#columns.length ? this.#refresh() : this.#fill()));
    world.addEventListener("messages", () => this.#each((column) => column.redraw()));
    world.addEventListener("message", ({ detail }) => this.#each((column) => column.put(detail)));
    world.addEventListener("gone", ({ detail }) => this.#each((column) => column.drop(detail)));
  }

  #each(go) {
    this.#columns.forEach(go);
    this.#drawTabs();
  }

  #refresh() {
    this.#each((column) => column.refresh());
  }

  /** The first two students and the admin. */
  #fill() {
    const { people } = this.#world.stage;
    const students = people.filter(({ admin }) => !admin);
    const first = [...students.slice(0, PLACES - 1), ...people.filter(({ admin }) => admin), ...students.slice(PLACES - 1)].slice(0, PLACES);
    this.#places = first.map((person, index) => el("div", { class: "place", id: `place-${index}` }));
    this.node.replaceChildren(this.#tabs, ...this.#places);
    this.#columns = first.map((person, index) => this.#column(person, index));
    this.#places.forEach((place, index) => place.append(this.#columns[index].node));
    this.#arrange();
  }

  #column(person, index) {
    return new Column(this.#world, person, {
      put: (other) => this.#put(other, index),
      opened: this.#told.opened,
      last: ({ id }) => this.#last.get(id) ?? this.#home(person),
      remember: ({ id }, channel) => this.#last.set(id, channel.id),
    });
  }

  /** Admins begin where only they may read. */
  #home(person) {
    return this.#world.channelsOf(person).find(({ locked }) => person.admin && locked)?.id;
  }

  /** Put `person` in place `index`; who stood there takes the place they leave, if any. */
  #put(person, index) {
    const from = this.#columns.findIndex(({ personId }) => personId === person.id);
    if (from === index) return;
    const leaving = this.#columns[index].person;
    this.#stand(person, index);
    if (from >= 0) this.#stand(leaving, from);
    this.#drawTabs();
    this.#told.switched();
    this.#columns[index].node.querySelector('[data-key="switch"]').focus();
  }

  #stand(person, index) {
    this.#columns[index] = this.#column(person, index);
    this.#places[index].replaceChildren(this.#columns[index].node);
  }

  get #wide() {
    return WIDTHS.find(([, query]) => matchMedia(query).matches)?.[0] ?? 1;
  }

  #arrange() {
    const last = Math.min(this.#wide, this.#places.length) - 1;
    this.#front = Math.max(this.#front, last);
    const behind = this.#places.length - 1 > last;
    this.node.style.setProperty("--places", String(last + 1));
    this.node.classList.toggle("tabbed", behind);
    this.#tabs.hidden = !behind;
    this.#places.forEach((place, index) => this.#place(place, index, last, behind));
    this.#drawTabs();
  }

  #place(place, index, last, behind) {
    const tabbed = behind && index >= last;
    place.classList.toggle("last", tabbed);
    place.hidden = tabbed && index !== this.#front;
    for (const [name, value] of [["role", "tabpanel"], ["aria-labelledby", `tab-${index}`]]) {
      if (tabbed) place.setAttribute(name, value);
      else place.removeAttribute(name);
    }
    if (!place.hidden) this.#columns[index]?.shown();
  }

  #drawTabs() {
    if (this.#tabs.hidden) return;
    const last = this.#wide - 1;
    const focused = this.#tabs.contains(document.activeElement);
    this.#tabs.replaceChildren(...this.#columns.slice(last).map((column, at) => this.#tab(column, at + last)));
    if (focused) this.#tabs.querySelector('[aria-selected="true"]').focus();
  }

  #tab(column, index) {
    const chosen = index === this.#front;
    const dot = !chosen && column.unread ? el("span", { class: "dot" }, el("span", { class: "hush" }, "unread")) : null;
    return el(
      "button",
      {
        type: "button", role: "tab", id: `tab-${index}`, "aria-selected": String(chosen), "aria-controls": `place-${index}`, tabindex: chosen ? "0" : "-1",
        onclick: () => this.bring(index), onkeydown: (event) => this.#turn(event, index),
      },
      column.person.name,
      dot,
    );
  }

  #turn(event, index) {
    const last = this.#wide - 1;
    const count = this.#columns.length - last;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.bring(last + ((index - last + step + count) % count));
    this.#tabs.querySelector('[aria-selected="true"]').focus();
  }

  /** Bring place `index` to the front where only one of several shows. */
  bring(index) {
    this.#front = Math.max(index, this.#wide - 1);
    this.#arrange();
  }

  /** The column of the student `number`, from the left, counting from 0; undefined where there are not so many. */
  student(number) {
    return this.#columns.filter(({ person }) => !person.admin)[number];
  }

  /** The same, brought to the front. */
  show(number) {
    const column = this.student(number);
    const index = this.#columns.indexOf(column);
    if (this.#places[index].hidden) this.bring(index);
    return column;
  }
}
