// The panel "Server": the bot's membership, whether newcomers wait, switches that break permissions, members with their roles, and roles and channels.

import { element, findByKey, replaceContent, showText } from "./dom.js";
import { createIcon } from "./icons.js";
import { renderMembers } from "./panel_members.js";
import { renderThings } from "./panel_things.js";
import { postAction } from "./sandbox_connection.js";

const TIMEOUT_MINUTES = 10;

export class ServerPanel {
  #node;
  #button;
  #discord;
  #serverId;
  #open = new Set();
  #drafts = new Map();
  #problem = element("p", { class: "problem", role: "alert", hidden: true });
  #heading = element("h2", { tabindex: "-1" }, "Server");
  #content = element("div", { class: "panel-content" });

  /** `node` is shown and hidden by `button`. */
  constructor(node, button, discord) {
    this.#node = node;
    this.#button = button;
    this.#discord = discord;
    button.prepend(createIcon("server", 17));
    button.addEventListener("click", () => this.#setShown(node.hidden));
    const close = element("button", { class: "icon", type: "button", "aria-label": "Close the panel", onclick: () => this.#setShown(false) }, createIcon("close", 18));
    node.append(element("header", {}, this.#heading, close), this.#problem, this.#content);
    node.addEventListener("keydown", (event) => event.key === "Escape" && this.#setShown(false));
    discord.addEventListener("snapshot", () => node.hidden || this.#draw());
  }

  #setShown(isShown) {
    this.#node.hidden = !isShown;
    this.#button.setAttribute("aria-expanded", String(isShown));
    if (!isShown) return this.#button.focus();
    this.#draw();
    return this.#heading.focus();
  }

  get #server() {
    const { servers } = this.#discord.snapshot;
    return servers.find(({ id }) => id === this.#serverId) ?? servers[0];
  }

  #draw() {
    const server = this.#server;
    if (!server) return;
    const context = this.#createContext(server);
    const scrolledTo = this.#content.scrollTop;
    replaceContent(
      this.#content,
      this.#renderServerChoice(server),
      renderBot(server, context),
      renderNewcomers(server, context),
      renderSwitches(server, context),
      renderMembers(server, context),
      renderThings(server, context),
    );
    this.#content.scrollTop = scrolledTo;
  }

  /** What the sections of the panel get: what they show, how to act, and what stays when the panel is drawn again. */
  #createContext(server) {
    return {
      discord: this.#discord,
      timeoutMinutes: TIMEOUT_MINUTES,
      act: (action, values = {}) => this.#act(server, action, values),
      section: (key, title, note, ...content) => this.#renderSection(key, title, note, content),
      textBox: (key, label, value) => this.#renderTextBox(key, label, value),
      forgetText: (key) => this.#forgetText(key),
    };
  }

  /** Do something to `server`. What has changed is drawn with the next snapshot. Resolves to whether it could be done. */
  async #act(server, action, values) {
    const { failed } = await postAction(action, { server: server.id, ...values });
    showText(this.#problem, failed ?? "");
    if (failed) this.#draw();
    return !failed;
  }

  #renderServerChoice(current) {
    const options = this.#discord.snapshot.servers.map(({ id, name }) => element("option", { value: id, selected: id === current.id }, name));
    const choose = ({ target }) => {
      this.#serverId = target.value;
      this.#draw();
    };
    return element("select", { class: "text", "aria-label": "Which server", data: { key: "server" }, onchange: choose }, options);
  }

  /** A part that opens and closes, and stays as it is when the panel is drawn again. */
  #renderSection(key, title, note, content) {
    const remember = ({ target }) => (target.open ? this.#open.add(key) : this.#open.delete(key));
    const summary = element("summary", { data: { key } }, element("span", {}, title), note ? element("small", {}, note) : null);
    return element("details", { open: this.#open.has(key), ontoggle: remember }, summary, element("div", { class: "details" }, content));
  }

  /** A text box that keeps what is typed into it when the panel is drawn again. */
  #renderTextBox(key, label, value = "") {
    const input = element("input", { class: "text", type: "text", "aria-label": label, placeholder: label, autocomplete: "off", maxlength: 100, value, data: { key } });
    if (this.#drafts.has(key)) input.value = this.#drafts.get(key);
    input.addEventListener("input", () => this.#drafts.set(key, input.value));
    return input;
  }

  /** Forget what was typed into a text box, and empty it if it was empty at first. */
  #forgetText(key) {
    this.#drafts.delete(key);
    const input = findByKey(this.#content, key);
    if (input && !input.defaultValue) input.value = "";
  }
}

/** Whether the bot is in the server, and what can be done about it. */
function renderBot(server, { discord, act, timeoutMinutes }) {
  const { id, name } = discord.snapshot.bot;
  if (!server.has_bot) {
    const isBanned = server.banned.includes(id);
    return element(
      "section",
      {},
      element("h3", {}, name),
      element("p", {}, `${name} ${isBanned ? "is banned from" : "isn't in"} ${server.name}.`),
      isBanned ? actionButton("Lift the ban", "unban bot", () => act("unban", { member: id })) : actionButton(`Invite ${name}`, "bot", () => act("invite-bot")),
    );
  }
  const isTimedOut = Boolean(server.members[id].timed_out_until);
  return element(
    "section",
    {},
    element("h3", {}, name),
    element("p", {}, `${name} is in ${server.name}${isTimedOut ? ", timed out" : ""}.`),
    element(
      "div",
      { class: "actions" },
      actionButton("Remove from the server", "bot", () => act("remove-bot")),
      isTimedOut
        ? actionButton("End the timeout", "bot timeout", () => act("time-out", { member: id, minutes: 0 }))
        : actionButton(`Time out for ${timeoutMinutes} minutes`, "bot timeout", () => act("time-out", { member: id, minutes: timeoutMinutes })),
    ),
  );
}

/** The switch for the setting *Careful*, in servers that were set up. */
function renderNewcomers(server, { discord, act }) {
  const on = discord.snapshot.careful[server.id];
  if (on === undefined) return null;
  return element("section", {}, element("h3", {}, "Newcomers"), renderSwitch("careful", "Careful: newcomers wait before their first search", on, () => act("careful", { on: !on })));
}

/** The switches, by what they belong to. */
function renderSwitches(server, { act, section }) {
  const groups = groupSwitches(server.switches);
  const renderGroup = ([group, switches]) => {
    const count = switches.filter(({ on }) => on).length;
    return section(`${server.id} ${group}`, group, count ? `${count} on` : "", switches.map(({ id, name, on }) => renderSwitch(id, name, on, () => act("switch", { id, on: !on }))));
  };
  return element("section", {}, element("h3", {}, "Break permissions"), [...groups].map(renderGroup));
}

function groupSwitches(switches) {
  const groups = new Map();
  for (const each of switches) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return groups;
}

function renderSwitch(id, name, on, turn) {
  const props = { class: "switch", type: "button", role: "switch", "aria-checked": String(on), data: { key: `switch ${id}` } };
  return element("button", { ...props, onclick: turn }, element("span", {}, name), element("i", { "aria-hidden": "true" }));
}

function actionButton(name, key, onclick) {
  return element("button", { class: "button", type: "button", data: { key }, onclick }, name);
}
