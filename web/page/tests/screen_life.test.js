// Timers and speech end with the state that started them: every state of the page, with everything it has in hand.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeDevices, FakeServer, NOW, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";
import { wholeView } from "./fake_session.js";

Object.assign(globalThis, {
  document: new FakePage(),
  localStorage: new FakeStorage(),
  sessionStorage: new FakeStorage(),
  location: { origin: "https://study.test" },
  addEventListener() {},
  HTMLMediaElement: class {},
  ResizeObserver: class {
    observe() {}
    disconnect() {}
  },
});
Object.defineProperty(globalThis, "navigator", {
  configurable: true,
  value: { userAgent: "", clipboard: { writeText: async () => {} } },
});
const { Problem } = await import("../api.js");
const { announce, prepareScreen, revealScreen, showScreen } = await import("../dom.js");
const { EnteringScreen } = await import("../entering_screen.js");
const { showObstacle } = await import("../obstacle_screen.js");
const { showJustLeft, showOver } = await import("../over_screen.js");
const { showProblem } = await import("../problem_screen.js");
const { showReady } = await import("../ready_screen.js");
const { RoomScreen } = await import("../room_screen.js");
const { lifeOf, runLater, runRegularly } = await import("../screen_life.js");
const { saveTabState } = await import("../storage.js");

const LONG_MS = 5 * 60_000;
const at = (second) => new Date(NOW + second * 1_000).toISOString();
const PARTNER = { identity: "seat-2", trackPublications: new Map() };

/** What a screen needs of the devices; `trouble` as in Devices. */
const devicesWith = (trouble = {}) =>
  Object.assign(new FakeDevices(), {
    trouble: { microphone: null, camera: null, ...trouble },
    isRequesting: {},
    sounds: { playArrival: () => announce(document.screen, "the arrival sound") },
    startAllOff() {},
    replacement: () => null,
    available: () => [],
    chosenId: () => "",
  });

/** A room that is shown. Its connection is in `state`, with the partner in or not. */
async function enterRoom({ state = "good", partner = null, isSilenced = false, view = {}, trouble } = {}) {
  const connection = Object.assign(new EventTarget(), { state, attempt: 1, nextTryAt: NOW + 9_000, partner, isSilenced, isSoundRefused: false, hangUp() {} });
  Object.defineProperty(connection, "isPartnerReachable", { get: () => connection.partner !== null });
  const devices = devicesWith();
  const room = new RoomScreen(wholeView(view), connection, devices);
  room.stay();
  if (trouble) devices.change({ trouble });
  return { connection, room };
}

/** Every state, with what it has in hand when it ends: each leaves at a moment when something is about to be said or done. */
const STATES = {
  "obstacle, as the link is copied": async () => {
    saveTabState({ token: "TOKEN" });
    showObstacle("no_webrtc");
    saveTabState({ token: undefined });
    await document.screen.querySelector("[data-buttons]").children[0].onclick();
  },
  "ready, as a trouble is told": () => void showReady(devicesWith({ camera: "blocked" })),
  "entering, at once": () => void new EnteringScreen(devicesWith(), "link"),
  "entering, as it takes long": async (t) => {
    new EnteringScreen(devicesWith(), "link");
    await passTime(t, 4_010, 1_000);
  },
  "room, alone": () => enterRoom(),
  "room, as the partner comes": async (t) => {
    const { connection } = await enterRoom();
    await passTime(t, 1_000);
    connection.partner = PARTNER;
    connection.dispatchEvent(new Event("partner"));
  },
  "room, as the partner has just disappeared": async (t) => {
    const { connection } = await enterRoom({ partner: PARTNER });
    await passTime(t, 1_000);
    connection.partner = null;
    connection.dispatchEvent(new Event("partner"));
    await passTime(t, 2_900);
  },
  "room, as somebody else can be asked for": async (t) => {
    await enterRoom({ view: { times: { another_at: at(2) } } });
    await passTime(t, 2_000);
  },
  "room, as the connection is lost": async (t) => {
    await enterRoom({ state: "lost" });
    await passTime(t, 3_000);
  },
  "room, as the connection is weak": () => enterRoom({ state: "weak" }),
  "room, as the time is up": () => enterRoom({ view: { state: "meeting", times: { ends_at: at(0), closes_at: at(600) } } }),
  "room, as sound is blocked": () => enterRoom({ isSilenced: true }),
  "room, as a device fails": () => enterRoom({ trouble: { microphone: "unplugged", camera: null } }),
  "room, as asking for somebody else fails": async (t) => {
    const { room } = await enterRoom({ view: { times: { another_at: at(-1) } } });
    room.alonePanel.root.querySelector("[data-alone-buttons]").children[0].onclick();
    await settle();
  },
  "over, as leaving can be undone": () => void showOver(wholeView({ state: "after", times: { left_at: at(0), undo_until: at(10) } })),
  "over, as our server is told": () => void showJustLeft(wholeView()),
  "over, as Undo is on its way": () => {
    showOver(wholeView({ state: "after", times: { left_at: at(0), undo_until: at(10) } }));
    document.screen.querySelector("[data-undo-button]").onclick();
  },
  "over, as a search goes on": () => void showOver(wholeView({ state: "ended", ended_as: "declined", requeued: "waiting" })),
  "problem, before it tries again": () => void showProblem(new Problem("offline"), async () => {}),
  "problem, as it tries again": () => {
    const late = () => new Promise((_, reject) => setTimeout(reject, 1_000, new Problem("video_refused")));
    showProblem(new Problem("offline"), late);
    document.screen.querySelector("[data-retry-now]").onclick();
  },
};

/** Counts the timers that are waiting: those of screens, not the deadlines of requests. */
function countTimers(t) {
  const waiting = new Set();
  for (const name of ["Timeout", "Interval"]) {
    const [set, clear] = [globalThis[`set${name}`], globalThis[`clear${name}`]];
    globalThis[`set${name}`] = (action, ...rest) => {
      const timer = set(() => (name === "Timeout" && waiting.delete(timer), action()), ...rest);
      waiting.add(timer);
      return timer;
    };
    globalThis[`clear${name}`] = (timer) => (waiting.delete(timer), clear(timer));
    t.after(() => Object.assign(globalThis, { [`set${name}`]: set, [`clear${name}`]: clear }));
  }
  return waiting;
}

for (const [what, begin] of Object.entries(STATES)) {
  for (const next of ["ready", "entering", "room", "over", "problem", "the same screen"]) {
    test(`${what}, leaves no timer and no word to what follows: ${next}`, async (t) => {
      useVirtualTime(t);
      useServer(t, new FakeServer(Array(500).fill(problem("store_unavailable", { title: "No", detail: "store", next: "here" }))));
      const waiting = countTimers(t);
      await begin(t);
      if (next === "the same screen") revealScreen("entering", document.screen);
      else showScreen(next === "entering" ? "ready" : next);
      const shown = document.body.dataset.state;
      const ofScreens = [...waiting].length;
      for (let passed = 0; passed < LONG_MS; passed += 1_000) {
        await passTime(t, 1_000, 1_000);
        assert.equal(document.announced, "", `after ${passed} ms`);
      }
      const isRetrying = what === "problem, as it tries again";
      assert.deepEqual([ofScreens, document.body.dataset.state], [isRetrying ? 1 : 0, shown]);
    });
  }
}

test("an action that waits for its time happens once, and can be cancelled", async (t) => {
  useVirtualTime(t);
  const [life, done] = [lifeOf(showScreen("room")), []];
  runLater(life, () => done.push("later"), 1_000);
  runLater(life, () => done.push("never"), 1_000)();
  const cancel = runRegularly(life, () => done.push("tick"), 400);
  await passTime(t, 1_000);
  cancel();
  await passTime(t, 5_000);
  assert.deepEqual(done, ["tick", "tick", "later"]);
});

test("nothing begins in a life that has ended", async (t) => {
  useVirtualTime(t);
  const life = lifeOf(showScreen("room"));
  showScreen("over");
  runLater(life, () => assert.fail("later"), 10);
  runRegularly(life, () => assert.fail("regularly"), 10);
  await passTime(t, 1_000);
});

test("the life of a prepared screen lasts until the state ends that it will show", () => {
  const root = prepareScreen("room");
  const life = lifeOf(root);
  revealScreen("room", root);
  assert.equal(life.aborted, false);
  showScreen("over");
  assert.equal(life.aborted, true);
});

test("a screen that is only prepared says nothing", async (t) => {
  useVirtualTime(t);
  showScreen("ready");
  announce(prepareScreen("room"), "Mara is here.");
  await passTime(t, 1_000);
  assert.equal(document.announced, "");
});

/** Modules with timers of their own, and what ends them. */
const OTHER_TIMERS = {
  "deadline.js": "ends with what it waits for",
  "devices.js": "ends with the browser's answer",
  "main.js": "fetches the room's modules once, and says nothing",
  "microphone_level.js": "its caller ends it",
  "retry_delays.js": "waits between requests, not for a screen",
  "room_connection.js": "hanging up ends them",
  "screen_life.js": "",
  "waiting_reports.js": "every screen of the page sends what other tabs have left",
};

test("timers belong to the life of a screen, unless there is a reason", () => {
  const folder = new URL("../", import.meta.url);
  const sources = readdirSync(folder).filter((name) => name.endsWith(".js"));
  const withTimers = sources.filter((name) => /\bset(Timeout|Interval)\(/.test(readFileSync(new URL(name, folder), "utf8")));
  assert.deepEqual(withTimers.sort(), Object.keys(OTHER_TIMERS));
});
