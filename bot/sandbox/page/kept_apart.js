// Why two do not meet again yet: a quiet line below the top bar for every two who are kept apart while one of them waits.

import { element } from "./dom.js";
import { formatTime } from "./time.js";

export class KeptApart {
  #node;
  #discord;

  constructor(node, discord) {
    this.#node = node;
    this.#discord = discord;
    discord.addEventListener("snapshot", ({ detail }) => this.#draw(detail.apart));
  }

  #draw(pairs) {
    const lines = pairs.map((pair) => this.#sentence(pair));
    if (lines.join() === [...this.#node.children].map((line) => line.textContent).join()) return;
    this.#node.replaceChildren(...lines.map((line) => element("li", {}, line)));
    this.#node.hidden = lines.length === 0;
  }

  #sentence({ people, until }) {
    const [one, other] = people.map((id) => this.#discord.nameOf(id));
    return `${one} and ${other} won't be matched with each other before ${formatTime(new Date(until))}: their last match came to nothing.`;
  }
}
