// The bar at the top: the status of the parts, the clock with the button that moves it, and the one that restarts the bot.

import { element } from "./dom.js";
import { createIcon } from "./icons.js";
import { postAction } from "./sandbox_connection.js";
import { formatTime, updateRelativeTimes } from "./time.js";

const PARTS = Object.freeze([["bot", "Bot"], ["web", "Page"], ["video", "Video"]]);
const DISCONNECTED = Object.freeze({ state: "bad", text: "the sandbox isn't answering" });
const CLOCK_INTERVAL_MS = 1000;

export class TopBar {
  #statuses = {};
  #isConnected = true;
  #aheadMs = 0;
  #hourButton = document.getElementById("hour");
  #restartButton = document.getElementById("restart");
  #clock = document.getElementById("clock");

  constructor(discord) {
    this.#restartButton.prepend(createIcon("restart", 17));
    this.#clock.before(createIcon("clock", 17));
    this.#restartButton.addEventListener("click", () => this.#restartBot());
    this.#hourButton.addEventListener("click", () => this.#passAnHour());
    discord.addEventListener("snapshot", ({ detail }) => {
      this.#aheadMs = detail.ahead_ms;
      this.#updateClock();
      this.#draw(detail.statuses);
    });
    setInterval(() => this.#updateClock(), CLOCK_INTERVAL_MS);
    this.#updateClock();
  }

  /** Show whether the page is connected to the sandbox. */
  setConnected(isConnected) {
    if (isConnected === this.#isConnected) return;
    this.#isConnected = isConnected;
    this.#draw(this.#statuses);
  }

  #draw(statuses) {
    this.#statuses = statuses;
    const rows = PARTS.map(([part, name]) => [name, this.#isConnected ? statuses[part] : DISCONNECTED]).filter(([, status]) => status);
    document.getElementById("statuses").replaceChildren(...rows.map(([name, status]) => renderStatus(name, status)));
    const isBusy = statuses.bot?.state === "busy";
    this.#hourButton.disabled = !this.#isConnected;
    this.#restartButton.disabled = !this.#isConnected || isBusy;
    this.#restartButton.classList.toggle("turning", isBusy);
  }

  async #restartBot() {
    const announcements = document.getElementById("announcements");
    announcements.textContent = "The bot is restarting.";
    const { failed } = await postAction("restart", {});
    announcements.textContent = failed ?? "The bot is back.";
  }

  async #passAnHour() {
    const { failed } = await postAction("hour", {});
    document.getElementById("announcements").textContent = failed ?? "It's an hour later.";
  }

  #updateClock() {
    const now = new Date(Date.now() + this.#aheadMs);
    this.#clock.textContent = formatTime(now, { seconds: true });
    this.#clock.setAttribute("datetime", now.toISOString());
    updateRelativeTimes(now.getTime());
  }
}

function renderStatus(name, { state, text }) {
  const light = element("span", { class: `light ${state}`, "aria-hidden": "true" });
  return element("li", {}, light, element("b", {}, name), element("span", { class: "status-text" }, text));
}
