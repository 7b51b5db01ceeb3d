// The way into the room, while the match ends: however the answers come, the end is shown, and never a problem.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionError } from "livekit-client";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeDevices, FakeKit, passTime, problem, useServer, useVirtualTime } from "./fake_kit.js";
import { ENDS, FakeSession } from "./fake_session.js";

const window = new EventTarget();
Object.assign(globalThis, {
  document: new FakePage(),
  localStorage: new FakeStorage(),
  sessionStorage: new FakeStorage(),
  location: { pathname: "/room" },
  addEventListener: window.addEventListener.bind(window),
  ResizeObserver: class {
    observe() {}
    disconnect() {}
  },
});
const { openRoom } = await import("../room_entry.js");
const { showScreen } = await import("../dom.js");
const parts = await import("../room.js");
const { loadTabState } = await import("../storage.js");

const RUNS = 14;
const PROGRESS = { showStep() {}, showPartner() {}, showChecking() {} };

/** Enter; the answers take longer in each run, in changing orders. What comes of it is in `scene.entered` or `scene.problem`. */
function enter(t, run, connects = []) {
  useVirtualTime(t);
  showScreen("ready");
  const delays = { "/session": (run * 130) % 700, "/session/join-token": (run * 70) % 500 };
  const session = useServer(t, new FakeSession(delays));
  const kit = new FakeKit(connects);
  const devices = Object.assign(new FakeDevices(), { restore() {}, sounds: {} });
  const scene = { kit, session, entered: null, problem: null };
  scene.go = () =>
    openRoom(devices, PROGRESS, async () => ({ kit, ...parts })).then(
      (entered) => (scene.entered = entered),
      ({ code }) => (scene.problem = code),
    );
  t.after(() => scene.entered?.room?.dispose());
  return scene;
}

/** When the match ends while a student enters; `connects` as in FakeKit. */
const MOMENTS = {
  "before the page asks": { begin: ({ session }, end) => (session.end = end) },
  "before there is a join token": { begin: ({ session }, as) => (session.nextEnd = { after: "/session", as }) },
  "after there is a join token, so that LiveKit refuses it": {
    connects: ["refuse", "refuse"],
    begin: ({ session }, as) => (session.nextEnd = { after: "/session/join-token", as }),
  },
};

for (const [what, end] of Object.entries(ENDS)) {
  for (const [when, { begin, connects = [] }] of Object.entries(MOMENTS)) {
    test(`${what}, ${when}`, async (t) => {
      for (let run = 0; run < RUNS; run += 1) {
        const scene = enter(t, run, [...connects]);
        begin(scene, end);
        scene.go();
        await passTime(t, 4_000);
        if (end.removed) assert.match(scene.problem, /^(removed|not_allowed)$/);
        else assert.deepEqual(scene.entered, { view: end.session, room: null });
        t.mock.timers.reset();
      }
    });
  }
}

test("a link whose match goes on leads into the room", async (t) => {
  const scene = enter(t, 3);
  scene.go();
  await passTime(t, 4_000);
  assert.deepEqual([scene.problem, scene.entered.view], [null, scene.session.live]);
  assert.notEqual(scene.entered.room, null);
});

test("the tab keeps what it needs to report without the session", async (t) => {
  const scene = enter(t, 0);
  scene.go();
  await passTime(t, 4_000);
  const { seat, reportToken, reportDays, longestReport } = loadTabState();
  assert.deepEqual([seat, reportToken, reportDays, longestReport], ["seat-1", "seat-1.token", 14, 1_000]);
});

test("leaving that is undone while the student enters does not keep them out", async (t) => {
  const scene = enter(t, 0);
  let refusals = 1;
  const { fetch } = scene.session;
  t.mock.method(globalThis, "fetch", async (path, options) => {
    scene.session.end = path.endsWith("join-token") && refusals-- > 0 ? { token: problem("match_over") } : null;
    return fetch(path, options);
  });
  scene.go();
  await passTime(t, 4_000);
  assert.deepEqual([scene.problem, scene.entered?.room === null], [null, false]);
});

test("a server that says both is not asked forever", async (t) => {
  const scene = enter(t, 0);
  scene.session.end = { session: scene.session.live, token: problem("match_over") };
  scene.go();
  await passTime(t, 4_000);
  assert.deepEqual([scene.problem, scene.session.requests.length < 6], ["match_over", true]);
});

test("a video service in trouble is still a problem while the match goes on", async (t) => {
  const scene = enter(t, 0, [ConnectionError.leaveRequest("full", 1)]);
  scene.go();
  await passTime(t, 4_000);
  assert.match(scene.problem, /^video_/);
});
