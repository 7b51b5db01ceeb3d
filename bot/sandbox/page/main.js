// Assembles the page.

import { DiscordState } from "./discord_state.js";
import { GettingStarted } from "./getting_started.js";
import { KeptApart } from "./kept_apart.js";
import { openEventFeed } from "./sandbox_connection.js";
import { ServerPanel } from "./server_panel.js";
import { TopBar } from "./top_bar.js";
import { WindowLayout } from "./window_layout.js";

const discord = new DiscordState();
const topBar = new TopBar(discord);
new KeptApart(document.getElementById("kept-apart"), discord);
new ServerPanel(document.getElementById("server-panel"), document.getElementById("server"), discord);
const layout = new WindowLayout(document.getElementById("windows"), discord, {
  onLinkOpened: (person) => gettingStarted.handleLinkOpened(person),
  onSwitched: () => gettingStarted.draw(),
});
const gettingStarted = new GettingStarted(document.getElementById("getting-started"), discord, layout);

openEventFeed(
  (event) => discord.applyEvent(event),
  (isConnected) => topBar.setConnected(isConnected),
);
