// Where the page's parts meet.

import { listen } from "./live.js";
import { Places } from "./places.js";
import { Steps } from "./steps.js";
import { Top } from "./top.js";
import { World } from "./world.js";

const world = new World();
const top = new Top(world);
const places = new Places(document.getElementById("places"), world, {
  opened: (person) => steps.opened(person),
  switched: () => steps.draw(),
});
const steps = new Steps(document.getElementById("steps"), world, places);

listen(
  (event) => world.hear(event),
  (stands) => top.line(stands),
);
