// The bar on top: what runs, what time it is, and the bot's restart.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { act } from "./live.js";
import { clock, tick } from "./time.js";

const LIGHTS = [["bot", "Bot"], ["page", "Page"], ["video", "Video"]];
const LOST = { state: "bad", words: "the sandbox does not answer" };

export class Top {
  #lights = {};
  #stands = true;

  constructor(world) {
    this.#restart.prepend(icon("again", 17));
    this.#clock.before(icon("clock", 17));
    this.#restart.addEventListener("click", () => this.#again());
    world.addEventListener("stage", ({ detail }) => this.#draw(detail.lights));
    setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  #restart = document.getElementById("restart");
  #clock = document.getElementById("clock");

  /** The line to the sandbox stands, or does not. */
  line(stands) {
    if (stands === this.#stands) return;
    this.#stands = stands;
    this.#draw(this.#lights);
  }

  #draw(lights) {
    this.#lights = lights;
    const rows = LIGHTS.map(([key, name]) => [name, this.#stands ? lights[key] : LOST]).filter(([, light]) => light);
    document.getElementById("lights").replaceChildren(...rows.map(([name, { state, words }]) => row(name, state, words)));
    this.#restart.disabled = !this.#stands || lights.bot?.state === "busy";
    this.#restart.classList.toggle("turning", lights.bot?.state === "busy");
  }

  async #again() {
    const news = document.getElementById("news");
    news.textContent = "The bot restarts.";
    const { failed } = await act("restart", {});
    news.textContent = failed ?? "The bot is back.";
  }

  #tick() {
    const now = new Date();
    this.#clock.textContent = clock(now, { seconds: true });
    this.#clock.setAttribute("datetime", now.toISOString());
    tick(now.getTime());
  }
}

function row(name, state, words) {
  return el("li", {}, el("span", { class: `light ${state}`, "aria-hidden": "true" }), el("b", {}, name), el("span", { class: "words" }, words));
}
