// The room: what it says and offers while time passes, and how it ends.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.js";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeDevices, FakeServer, NOW, passTime, problem, settle, useServer, useVirtualTime, view } from "./fake_kit.js";

Object.assign(globalThis, {
  document: new FakePage(),
  localStorage: new FakeStorage(),
  sessionStorage: new FakeStorage(),
  ResizeObserver: class {
    observe() {}
    disconnect() {}
  },
});
const { RoomScreen } = await import("../room_screen.js");
const { keptReport } = await import("../report_delivery.js");
const { loadTabState, saveTabState } = await import("../storage.js");
const { timeOfDay } = await import("../time.js");
const { page } = await import("../words.js");

const at = (minute) => new Date(NOW + minute * 60_000).toISOString();
const MAY_CHOOSE_AT_MS = 7 * 60_000;
const PARTNER = { identity: "partner", trackPublications: new Map() };

/** What the room needs of its connection. */
class FakeConnection extends EventTarget {
  state = "good";
  attempt = 0;
  partner = null;
  isSilenced = false;
  isSoundRefused = false;
  isHungUp = false;

  get isPartnerReachable() {
    return this.partner !== null;
  }

  hangUp() {
    this.isHungUp = true;
  }

  bringPartner() {
    this.partner = PARTNER;
    this.dispatchEvent(new Event("partner"));
  }
}

/** A view with the server's time. */
const seen = ({ times = {}, ...changes } = {}) => view({ length: 50, why: "", ...changes, times: { now: new Date(Date.now()).toISOString(), ends_at: null, closes_at: null, ...times } });

/** A room that is shown. `answers` are our server's; afterwards it cannot be reached. `sounds` counts arrivals. */
async function enter(t, shown, answers = []) {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer([...answers, ...Array(500).fill("unreachable")]));
  const connection = new FakeConnection();
  const devices = new FakeDevices();
  const scene = { connection, server, sounds: 0, end: null };
  devices.sounds = { playArrival: () => (scene.sounds += 1) };
  const room = new RoomScreen(shown(), connection, devices);
  room.stay().then((end) => (scene.end = end));
  t.after(() => room.dispose());
  scene.text = (selector) => room.root.querySelector(selector).textContent;
  scene.buttons = () => room.alonePanel.root.querySelector("[data-alone-buttons]").children;
  const { node } = room.toasts.toast;
  node.hidden = true;
  scene.toast = () => (node.hidden ? null : node.querySelector("[data-toast-text]").textContent);
  scene.leave = () => room.root.querySelector("[data-leave]").onclick();
  scene.report = () => room.root.querySelector("[data-report]").onclick();
  await settle();
  return scene;
}

test("that somebody else can be asked for is announced when it becomes so", async (t) => {
  const scene = await enter(t, seen);
  assert.equal(document.announced, "");
  await passTime(t, MAY_CHOOSE_AT_MS + 1_000, 1_000);
  assert.ok(document.announced.includes(page.room.can_choose), document.announced);
  assert.deepEqual(scene.buttons().map(({ textContent }) => textContent), [page.room.find_another, page.room.wait]);
});

test("whoever waits on can still ask for somebody else", async (t) => {
  const ended = seen({ state: "ended", ended_as: "replaced", requeued: "waiting" });
  const scene = await enter(t, () => seen({ times: { another_at: at(-1) } }), [{}, ended]);
  scene.buttons()[1].onclick();
  assert.deepEqual([scene.text("[data-name]"), scene.buttons().length], [`Waiting for Mara`, 1]);
  scene.buttons()[0].onclick();
  await settle();
  assert.deepEqual(scene.server.requests.map(({ path }) => path), ["/session/another", "/session"]);
  assert.deepEqual(scene.end, { over: ended });
});

const OWN = page.problem.own.offline;
const FAILURES = {
  too_early: [problem("too_early", { title: "A little longer", detail: "They have time.", next: "Wait." }), "A little longer. They have time."],
  "our server cannot be reached": ["unreachable", `${OWN.title}. ${OWN.detail}`],
};

for (const [what, [answer, text]] of Object.entries(FAILURES)) {
  test(`asking for somebody else in vain is told, to everybody and every time: ${what}`, async (t) => {
    const scene = await enter(t, () => seen({ times: { another_at: at(-1) } }), [answer, "unreachable", answer]);
    for (let time = 0; time < 2; time += 1) {
      scene.buttons()[0].onclick();
      await passTime(t, 100);
      assert.deepEqual([document.announced, scene.toast()], [text, text]);
      document.querySelector("#announce").textContent = "";
    }
  });
}

const REMOVALS = {
  "our server says so": async (t) => {
    const scene = await enter(t, seen, [problem("not_allowed")]);
    await passTime(t, 3_000);
    return scene;
  },
  "the video service does, and our server gives the reason": async (t) => {
    const scene = await enter(t, seen);
    scene.connection.dispatchEvent(new CustomEvent("ended", { detail: new Problem("not_allowed") }));
    await settle();
    return scene;
  },
};

for (const [what, remove] of Object.entries(REMOVALS)) {
  test(`who is taken out of the room reads that: ${what}`, async (t) => {
    const { connection, end } = await remove(t);
    assert.deepEqual([end.problem.code, connection.isHungUp], ["removed", true]);
  });
}

test("the time left gives way to the time at which the room closes", async (t) => {
  const times = { met_at: at(-49), ends_at: at(1), closes_at: at(11) };
  const scene = await enter(t, () => seen({ state: "meeting", times }));
  assert.equal(scene.text("[data-time-left]"), "1 min left");
  await passTime(t, 61_000, 1_000);
  assert.equal(scene.text("[data-time-left]"), `Closes at ${timeOfDay(at(11))}`);
});

test("a partner who arrives is heard", async (t) => {
  const scene = await enter(t, seen);
  scene.connection.bringPartner();
  await passTime(t, 1_000);
  assert.equal(scene.sounds, 1);
});

test("a partner who arrives while the student leaves is not heard on the next screen", async (t) => {
  const scene = await enter(t, seen);
  scene.connection.bringPartner();
  scene.leave();
  await passTime(t, 1_000);
  assert.deepEqual([scene.sounds, "left" in scene.end], [0, true]);
});

const STATES = {
  "the student is alone": () => {},
  "the two are together": ({ connection }) => connection.bringPartner(),
  "the connection is lost": ({ connection }) => {
    connection.bringPartner();
    connection.state = "lost";
    connection.dispatchEvent(new Event("connection"));
  },
  "the student is out, and our server does not say why": ({ connection }) => {
    connection.state = "closed";
    connection.dispatchEvent(new CustomEvent("ended", { detail: new Problem("video_refused") }));
  },
};

for (const [what, happen] of Object.entries(STATES)) {
  test(`one press of Leave and report hangs up, and keeps the report before anything is sent: ${what}`, async (t) => {
    saveTabState({ seat: "seat-1", report: undefined });
    const scene = await enter(t, seen, [new Promise(() => {})]);
    happen(scene);
    await passTime(t, 1_000);
    const before = scene.server.requests.length;
    scene.report();
    assert.deepEqual([keptReport(), scene.server.requests.length], [{ seat: "seat-1", place: "room", content: {}, isSent: false }, before]);
    await settle();
    assert.deepEqual([scene.end, scene.connection.isHungUp], [{ reported: true }, true]);
  });
}

test("an admin who meets themselves has nobody to report", async (t) => {
  const scene = await enter(t, () => seen({ trial: true }));
  assert.equal(document.screen.querySelector("[data-report]").hidden, true);
  assert.equal(scene.end, null);
});

/** A partner whose camera is on, as LiveKit's client shows them; `attached` counts the elements that show it. */
function bringFilmedPartner({ connection }) {
  const camera = { source: "camera", isMuted: false, isDesired: true, attached: 0 };
  camera.track = { attach: () => (camera.attached += 1), detach: () => (camera.attached -= 1) };
  camera.setSubscribed = (isWanted) => (camera.isDesired = isWanted);
  connection.partner = { identity: "partner", trackPublications: new Map([["camera", camera]]) };
  connection.dispatchEvent(new Event("partner"));
  return camera;
}

const hiding = (seat = "seat-1") => () => seen({ seat, hides_partner_video: true });

test("where nobody is seen at once, no frame is asked for before Show video, and Hide video ends it", async (t) => {
  saveTabState({ videoShownIn: undefined });
  const scene = await enter(t, hiding());
  document.querySelector("#announce").textContent = "";
  const camera = bringFilmedPartner(scene);
  const root = document.screen;
  const shown = () => [camera.attached, camera.isDesired, root.querySelector("[data-video-waits]").hidden, root.querySelector("[data-hide-video]").hidden];
  await passTime(t, 3_000);
  assert.deepEqual(shown(), [0, false, false, true]);
  assert.match(document.announced, new RegExp(page.room.video_waits));
  root.querySelector("[data-show-video]").onclick();
  assert.deepEqual(shown(), [1, true, true, false]);
  root.querySelector("[data-hide-video]").onclick();
  assert.deepEqual(shown(), [0, false, false, true]);
});

for (const [seat, count] of [["seat-1", 1], ["seat-2", 0]]) {
  test(`the choice to see the partner holds for this meeting, also after a reload, and not for the next one: ${seat}`, async (t) => {
    saveTabState({ videoShownIn: "seat-1" });
    const scene = await enter(t, hiding(seat));
    assert.equal(bringFilmedPartner(scene).attached, count);
    document.screen.querySelector("[data-show-video]").onclick();
    assert.equal(loadTabState().videoShownIn, seat);
  });
}

test("elsewhere the partner is seen at once, and nothing is offered", async (t) => {
  const scene = await enter(t, seen);
  const camera = bringFilmedPartner(scene);
  const root = document.screen;
  const offers = ["[data-video-waits]", "[data-hide-video]"].map((selector) => root.querySelector(selector).hidden);
  assert.deepEqual([camera.attached, camera.isDesired, offers], [1, true, [true, true]]);
});
