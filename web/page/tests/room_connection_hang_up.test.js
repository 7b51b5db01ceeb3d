// Hanging up at every stage of a connection: the room is left, and nothing happens afterwards.

import assert from "node:assert/strict";
import { test } from "node:test";
import { DisconnectReason, RoomEvent } from "livekit-client";
import { createConnection, createJoinedConnection, GRANT, loseConnection, passTime, problem, settle } from "./fake_kit.js";

/** Assert that no further event, request or room follows, whatever happens later. */
async function assertStaysQuiet(t, { connection, devices, events, kit, server, window }) {
  const before = [events.length, server.requests.length, kit.rooms.length, kit.rooms.map(({ log }) => log.length)];
  connection.tryNow();
  window.dispatchEvent(new Event("online"));
  devices.change({ on: { camera: true }, tracks: { camera: "turned on later" } });
  await passTime(t, 120_000, 1_000);
  assert.deepEqual([events.length, server.requests.length, kit.rooms.length, kit.rooms.map(({ log }) => log.length)], before);
  assert.equal(connection.partner, null);
}

test("in a call the room is left and its last events are ignored", async (t) => {
  const scene = await createJoinedConnection(t);
  scene.kit.lastRoom.remoteParticipants.set("A", { identity: "seat" });
  scene.connection.hangUp();
  await settle();
  assert.deepEqual([scene.kit.lastRoom.disconnectedWith, scene.events], [[false], []]);
  scene.kit.lastRoom.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
  scene.kit.lastRoom.emit(RoomEvent.Reconnecting);
  scene.kit.lastRoom.emit(RoomEvent.ParticipantDisconnected);
  await assertStaysQuiet(t, scene);
});

test("before joining, no room is opened", async (t) => {
  const scene = createConnection(t);
  scene.connection.hangUp();
  await scene.connection.join(GRANT);
  assert.deepEqual([scene.kit.rooms, scene.devices.inCall], [[], false]);
});

test("while joining, the room is left at once", async (t) => {
  const scene = createConnection(t, { connects: ["hang"] });
  const joined = scene.connection.join(GRANT).catch(() => {});
  await settle();
  scene.connection.hangUp();
  assert.deepEqual(scene.kit.lastRoom.disconnectedWith, [false]);
  await joined;
  assert.equal(scene.devices.inCall, false);
  await assertStaysQuiet(t, scene);
});

test("when LiveKit lets the student in at the same moment, the room is left again", async (t) => {
  const scene = createConnection(t, { connects: ["hang"] });
  const joined = scene.connection.join(GRANT);
  scene.kit.lastRoom.accept();
  scene.connection.hangUp();
  await joined;
  assert.deepEqual([scene.kit.lastRoom.disconnectedWith.at(-1), scene.devices.inCall], [false, false]);
  await assertStaysQuiet(t, scene);
});

test("while LiveKit itself reconnects, the room is left", async (t) => {
  const scene = await createJoinedConnection(t);
  scene.kit.lastRoom.emit(RoomEvent.Reconnecting);
  scene.connection.hangUp();
  assert.deepEqual(scene.kit.lastRoom.disconnectedWith, [false]);
  scene.kit.lastRoom.emit(RoomEvent.Reconnected);
  await assertStaysQuiet(t, scene);
});

test("while our server is asked for a token, its answer opens no room", async (t) => {
  let answer;
  const scene = await createJoinedConnection(t, { answers: [new Promise((resolve) => (answer = resolve))] });
  await loseConnection(scene);
  scene.connection.hangUp();
  answer(GRANT);
  await assertStaysQuiet(t, scene);
  assert.equal(scene.kit.rooms.length, 1);
});

for (const code of ["match_over", "store_unavailable"]) {
  test(`while our server is asked for a token, ${code} is neither reported nor retried`, async (t) => {
    let answer;
    const scene = await createJoinedConnection(t, { answers: [new Promise((resolve) => (answer = resolve))] });
    await loseConnection(scene);
    scene.connection.hangUp();
    answer(problem(code));
    await assertStaysQuiet(t, scene);
  });
}

test("while the next attempt is waiting, it does not start", async (t) => {
  const scene = await createJoinedConnection(t, { answers: [problem("store_unavailable")] });
  await loseConnection(scene);
  scene.connection.hangUp();
  await assertStaysQuiet(t, scene);
});

test("while rejoining, the new room is left at once and not tried again", async (t) => {
  const scene = await createJoinedConnection(t, { connects: ["hang"] });
  await loseConnection(scene);
  scene.connection.hangUp();
  assert.deepEqual(scene.kit.rooms.map(({ disconnectedWith }) => disconnectedWith), [[], [false]]);
  await assertStaysQuiet(t, scene);
});

test("after being displaced or ended there is nothing left to hang up", async (t) => {
  const scene = await createJoinedConnection(t, { answers: [problem("match_over")] });
  await loseConnection(scene);
  scene.connection.hangUp();
  scene.connection.hangUp();
  await assertStaysQuiet(t, scene);
  assert.deepEqual(scene.kit.lastRoom.disconnectedWith, []);
});
