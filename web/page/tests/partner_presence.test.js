// Whether the partner is in the room: LiveKit's reports about them arrive before, with or after the loss of our connection.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionQuality, DisconnectReason, RoomEvent } from "livekit-client";
import { HELD_FOR_MS, PartnerPresence, REAPPEARS_WITHIN_MS } from "../partner_presence.js";
import { createJoinedConnection, passTime, problem, settle } from "./fake_kit.js";

const PARTNER = { identity: "seat-2", trackPublications: new Map(), isLocal: false };
const DOWN = problem("video_unreachable");

/** A room with the partner in it. `states` are those the page has shown, in order; it looks at each event and every second. */
async function meet(t, { answers = [] } = {}) {
  const scene = await createJoinedConnection(t, { answers });
  const presence = new PartnerPresence();
  const server = { hasLeft: false };
  const states = [];
  const look = () => presence.update(scene.connection, server.hasLeft, Date.now()) && states.push(presence.state);
  for (const event of ["partner", "connection"]) scene.connection.addEventListener(event, look);
  const arrive = async (changes = {}) => {
    scene.kit.lastRoom.remoteParticipants.set(PARTNER.identity, { ...PARTNER, ...changes });
    scene.kit.lastRoom.emit(RoomEvent.ParticipantConnected, PARTNER);
    await settle();
  };
  const disappear = async (reason) => {
    scene.kit.lastRoom.remoteParticipants.clear();
    scene.kit.lastRoom.emit(RoomEvent.ParticipantDisconnected, PARTNER, reason);
    await settle();
  };
  const pass = async (milliseconds) => {
    for (let rest = milliseconds; rest > 0; rest -= 1_000) {
      await passTime(t, Math.min(rest, 1_000));
      look();
    }
  };
  await arrive();
  assert.deepEqual(states.splice(0), ["in"]);
  return { ...scene, arrive, disappear, look, pass, ourServer: server, states };
}

/** LiveKit stops: it closes the connections one after the other. */
async function closeOurs({ kit }) {
  kit.lastRoom.remoteParticipants.clear();
  kit.lastRoom.emit(RoomEvent.Disconnected, DisconnectReason.SERVER_SHUTDOWN);
  await settle();
}

for (const [order, earlierMs, meanwhile] of [["at once", 0, []], ["a moment", 150, []], ["some seconds", 5_000, ["missing"]]]) {
  test(`a partner whom LiveKit closes ${order} before us is not out for as long as our connection is lost`, async (t) => {
    const scene = await meet(t, { answers: Array(9).fill(DOWN) });
    await scene.disappear(DisconnectReason.SERVER_SHUTDOWN);
    await scene.pass(earlierMs);
    await closeOurs(scene);
    await scene.pass(30_000);
    assert.deepEqual([scene.states, scene.connection.state], [["held", ...meanwhile, ...(meanwhile.length ? ["held"] : [])], "lost"]);
  });
}

for (const [what, afterMs, states] of [
  ["a moment", HELD_FOR_MS - 1_000, ["held", "in"]],
  ["some seconds", REAPPEARS_WITHIN_MS - 1_000, ["held", "missing", "in"]],
]) {
  test(`a partner who disappears with our connection is in again when they are back ${what} after us`, async (t) => {
    const scene = await meet(t, { answers: [DOWN] });
    await closeOurs(scene);
    await scene.pass(1_000);
    assert.equal(scene.connection.state, "good");
    await scene.pass(afterMs - 1_000);
    await scene.arrive();
    assert.deepEqual(scene.states, states);
  });

  test(`a partner who reconnects within ${what} was never out`, async (t) => {
    const scene = await meet(t);
    await scene.disappear();
    await scene.pass(afterMs);
    await scene.arrive();
    assert.deepEqual(scene.states, states);
  });
}

test("a partner who does not reappear after our connection is back is out", async (t) => {
  const scene = await meet(t, { answers: [DOWN] });
  await closeOurs(scene);
  await scene.pass(1_000 + REAPPEARS_WITHIN_MS);
  assert.deepEqual(scene.states, ["held", "missing", "out"]);
});

test("a partner whose connection LiveKit has lost is missing until LiveKit has removed them for a while", async (t) => {
  const scene = await meet(t);
  const lost = { ...PARTNER, connectionQuality: ConnectionQuality.Lost };
  scene.kit.lastRoom.remoteParticipants.set(PARTNER.identity, lost);
  scene.kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.Lost, lost);
  await settle();
  assert.deepEqual(scene.states, ["held"]);
  await scene.pass(20_000);
  await scene.disappear(DisconnectReason.CONNECTION_TIMEOUT);
  await scene.pass(REAPPEARS_WITHIN_MS - 1_000);
  assert.deepEqual(scene.states, ["held", "missing"]);
  await scene.pass(1_000);
  assert.deepEqual(scene.states, ["held", "missing", "out"]);
});

for (const reason of ["CLIENT_INITIATED", "PARTICIPANT_REMOVED"]) {
  test(`a partner who gave up the seat is out as soon as our server says so (${reason})`, async (t) => {
    const scene = await meet(t);
    await scene.disappear(DisconnectReason[reason]);
    await scene.pass(1_000);
    scene.ourServer.hasLeft = true;
    scene.look();
    assert.deepEqual(scene.states, ["held", "out"]);
  });
}

test("a partner whose leaving our server still reports is in when LiveKit sees them", async (t) => {
  const scene = await meet(t);
  scene.ourServer.hasLeft = true;
  await scene.pass(1_000);
  assert.deepEqual(scene.states, []);
});

test("a partner whose connection is lost for a moment is held, not missing", async (t) => {
  const scene = await meet(t);
  for (const connectionQuality of [ConnectionQuality.Lost, ConnectionQuality.Good]) {
    await scene.arrive({ connectionQuality });
    await scene.pass(HELD_FOR_MS - 1_000);
  }
  assert.deepEqual(scene.states, ["held", "in"]);
});

test("a partner who was never in is not missing when our connection is lost", async (t) => {
  const scene = await createJoinedConnection(t, { answers: Array(9).fill(DOWN) });
  const presence = new PartnerPresence();
  await closeOurs(scene);
  assert.equal(presence.update(scene.connection, false, Date.now()), false);
  assert.equal(presence.state, "out");
});

test("a partner who undoes leaving is held, then missing, until they are in again", async (t) => {
  for (const [afterMs, states] of [[HELD_FOR_MS - 1_000, ["held", "in"]], [REAPPEARS_WITHIN_MS - 1_000, ["held", "missing", "in"]]]) {
    const scene = await meet(t);
    scene.ourServer.hasLeft = true;
    await scene.disappear(DisconnectReason.CLIENT_INITIATED);
    scene.look();
    await scene.pass(2_000);
    assert.deepEqual(scene.states.splice(0), ["out"]);
    scene.ourServer.hasLeft = false;
    scene.look();
    await scene.pass(afterMs);
    await scene.arrive();
    assert.deepEqual(scene.states, states);
    t.mock.timers.reset();
  }
});

test("a partner who undoes leaving and does not come is out after a while; so is one who was never in, at once", async (t) => {
  const scene = await meet(t);
  scene.ourServer.hasLeft = true;
  await scene.disappear(DisconnectReason.CLIENT_INITIATED);
  scene.look();
  scene.ourServer.hasLeft = false;
  await scene.pass(2 * REAPPEARS_WITHIN_MS);
  assert.deepEqual(scene.states, ["out", "held", "missing", "out"]);
  const presence = new PartnerPresence();
  const absent = { state: "good", partner: null, isPartnerReachable: false };
  for (const hasLeft of [true, false]) presence.update(absent, hasLeft, Date.now());
  assert.equal(presence.state, "out");
});
