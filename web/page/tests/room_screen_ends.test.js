// The room, while the match ends: whoever reports it first, and however long the answers take, the end is shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DisconnectReason, RoomEvent } from "livekit-client";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeDevices, FakeKit, GRANT, NOW, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";
import { ENDS, FakeSession, wholeView } from "./fake_session.js";

const window = new EventTarget();
Object.assign(globalThis, {
  document: new FakePage(),
  localStorage: new FakeStorage(),
  sessionStorage: new FakeStorage(),
  addEventListener: window.addEventListener.bind(window),
  ResizeObserver: class {
    observe() {}
    disconnect() {}
  },
});
const { RoomConnection, RoomScreen } = await import("../room.js");
const { HELD_FOR_MS } = await import("../partner_presence.js");
const { page } = await import("../words.js");

const RUNS = 14;
/** What may be said before the next screen, if that takes long. */
const OUT = `${page.room.out_title}. ${page.room.out_detail}`;
const PARTNER = { identity: "seat-2", trackPublications: new Map() };
const MAY_CHOOSE = wholeView({ times: { another_at: new Date(NOW).toISOString() } });
const { ROOM_DELETED, PARTICIPANT_REMOVED, SERVER_SHUTDOWN, DUPLICATE_IDENTITY } = DisconnectReason;

/** A room that is shown, with the partner in it. The answers take longer in each run, in changing orders. */
async function enter(t, run, connects = []) {
  useVirtualTime(t);
  const delays = { "/session": (run * 130) % 700, "/session/join-token": (run * 70) % 500, "/session/another": (run * 90) % 400 };
  const session = useServer(t, new FakeSession(delays));
  session.live = MAY_CHOOSE;
  const kit = new FakeKit(["accept", ...connects]);
  const devices = Object.assign(new FakeDevices(), { sounds: { playArrival() {} } });
  const connection = new RoomConnection(devices, kit);
  await connection.join(GRANT);
  const scene = { devices, kit, session, end: null };
  const room = new RoomScreen(session.live, connection, devices);
  room.stay().then((end) => (scene.end = end));
  scene.disconnect = (reason) => kit.lastRoom.emit(RoomEvent.Disconnected, reason);
  scene.findAnother = () => room.alonePanel.root.querySelector("[data-alone-buttons]").children[0].onclick();
  scene.card = room.root.querySelector("[data-interrupted]");
  scene.heard = [];
  const listening = setInterval(() => document.announced && document.announced !== OUT && scene.heard.push(document.announced), 100);
  t.after(() => (clearInterval(listening), room.dispose()));
  await settle();
  return scene;
}

/** What the page learns first, and what follows. */
const ORDERS = {
  "the session is read first": async (t, { disconnect }) => {
    await passTime(t, 4_000);
    disconnect(ROOM_DELETED);
  },
  "the room is closed first": (_, { disconnect }) => disconnect(ROOM_DELETED),
  "the student is removed first": (_, { disconnect }) => disconnect(PARTICIPANT_REMOVED),
  "the room is closed while the session is being read": async (t, { disconnect, session }) => {
    session.delays["/session"] = 900;
    await passTime(t, 3_200);
    disconnect(ROOM_DELETED);
  },
  "LiveKit's client tries to resume first": async (t, { disconnect, kit }) => {
    kit.lastRoom.emit(RoomEvent.Reconnecting);
    await passTime(t, 1_000);
    disconnect(SERVER_SHUTDOWN);
  },
  "the first answers are lost": (_, { disconnect, session }) => {
    session.losses = 2;
    disconnect(ROOM_DELETED);
  },
  "the student asks for somebody else": (_, { findAnother }) => void findAnother(),
  "the student asks for somebody else as the room is closed": (_, { disconnect, findAnother }) => {
    findAnother();
    disconnect(ROOM_DELETED);
  },
};

for (const [what, end] of Object.entries(ENDS)) {
  for (const [order, happen] of Object.entries(ORDERS)) {
    test(`${what}; ${order}`, async (t) => {
      for (let run = 0; run < RUNS; run += 1) {
        const scene = await enter(t, run);
        scene.session.end = end;
        await happen(t, scene);
        await passTime(t, 8_000, 500);
        if (end.removed) assert.equal(scene.end?.problem?.code, "removed");
        else assert.deepEqual(scene.end, { over: end.session });
        assert.deepEqual(scene.heard, [], "nothing is said about it before the next screen");
        t.mock.timers.reset();
      }
    });
  }

  test(`${what}, after a new join token was given`, async (t) => {
    for (let run = 0; run < RUNS; run += 1) {
      const scene = await enter(t, run, ["refuse"]);
      scene.session.nextEnd = { after: "/session/join-token", as: end };
      scene.disconnect(SERVER_SHUTDOWN);
      await passTime(t, 8_000, 500);
      if (end.removed) assert.equal(scene.end?.problem?.code, "removed");
      else assert.deepEqual(scene.end, { over: end.session });
      t.mock.timers.reset();
    }
  });
}

test("leaving that is undone before the page knew of it leads back in", async (t) => {
  const scene = await enter(t, 0);
  scene.session.end = { session: scene.session.live, token: problem("match_over") };
  scene.disconnect(PARTICIPANT_REMOVED);
  await settle();
  assert.deepEqual(scene.end, { live: scene.session.live });
});

test("leaving that is undone while LiveKit removes the student costs a new token, and no word", async (t) => {
  const scene = await enter(t, 0);
  scene.disconnect(PARTICIPANT_REMOVED);
  await passTime(t, 4_000);
  assert.deepEqual([scene.end, scene.kit.rooms.length, scene.heard], [null, 2, []]);
});

test("a student who is displaced hears nothing about the partner", async (t) => {
  const scene = await enter(t, 0);
  scene.kit.lastRoom.remoteParticipants.set(PARTNER.identity, PARTNER);
  scene.kit.lastRoom.emit(RoomEvent.ParticipantConnected, PARTNER);
  await passTime(t, 1_000);
  scene.heard.length = 0;
  document.querySelector("#announce").textContent = "";
  scene.session.live = wholeView({ version: 2, partner: { left: true } });
  scene.disconnect(DUPLICATE_IDENTITY);
  await passTime(t, 30_000);
  assert.deepEqual([scene.end.problem.code, scene.heard], ["another_tab", []]);
});

test("while the end is being read, nothing is said about a partner who is gone from a room that we are not in", async (t) => {
  const scene = await enter(t, 0);
  scene.kit.lastRoom.remoteParticipants.set(PARTNER.identity, PARTNER);
  scene.kit.lastRoom.emit(RoomEvent.ParticipantConnected, PARTNER);
  await passTime(t, 1_000);
  scene.heard.length = 0;
  document.querySelector("#announce").textContent = "";
  scene.session.end = { ...ENDS["they left in Discord"] };
  scene.session.delays["/session"] = 14_000;
  scene.disconnect(PARTICIPANT_REMOVED);
  await passTime(t, 30_000);
  assert.deepEqual([scene.end, scene.heard], [{ over: scene.session.end.session }, []]);
});

test("who is displaced reads so within seconds, though our server does not answer", async (t) => {
  const scene = await enter(t, 0);
  scene.session.delays["/session"] = 14_000;
  scene.disconnect(DUPLICATE_IDENTITY);
  await passTime(t, 3_000);
  assert.equal(scene.end.problem.code, "displaced");
});

for (const reason of ["DUPLICATE_IDENTITY", "PARTICIPANT_REMOVED"]) {
  test(`whoever is out of the room is neither seen nor heard any more, whatever our server takes to say why: ${reason}`, async (t) => {
    const scene = await enter(t, 0);
    scene.devices.change({ on: { microphone: true, camera: true } });
    scene.session.end = ENDS["they left in Discord"];
    scene.session.delays["/session"] = 14_000;
    scene.disconnect(DisconnectReason[reason]);
    await passTime(t, 1_000);
    assert.deepEqual([scene.end, scene.devices.on], [null, { microphone: false, camera: false }]);
  });
}

test("if the next screen takes long, the student sees and hears that they are out, and the switches still show what they do", async (t) => {
  const scene = await enter(t, 0);
  scene.session.end = ENDS["they left in Discord"];
  scene.session.delays["/session"] = 14_000;
  scene.disconnect(PARTICIPANT_REMOVED);
  await passTime(t, 1_000);
  assert.equal(scene.card.hidden, true);
  await passTime(t, HELD_FOR_MS);
  assert.deepEqual([scene.card.hidden, scene.card.parent.querySelector("[data-interrupted] h2").textContent], [false, page.room.out_title]);
  assert.equal(document.announced, OUT);
  scene.devices.change({ on: { camera: true } });
  const label = document.screen.querySelector('[data-toggle="camera"]').querySelector("span").textContent;
  assert.equal(label, page.devices.short_on.camera);
});
