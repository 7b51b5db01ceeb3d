// Rejoining a room after the connection was lost: when, how often, and when not.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { DisconnectReason, RoomEvent } from "livekit-client";
import { TEMPORARY } from "../problem_codes.js";
import { useNavigator } from "./fake_browser.js";
import { createJoinedConnection, loseConnection, NOW, passTime, problem, settle } from "./fake_kit.js";

const words = JSON.parse(readFileSync(new URL("../../../bot/words/en.json", import.meta.url), "utf8"));
const REASONS = Object.entries(DisconnectReason).filter(([, value]) => typeof value === "number");
const OTHER_REASONS = [...REASONS.filter(([name]) => name !== "DUPLICATE_IDENTITY"), ["no reason", undefined]];
const DOWN = problem("video_unreachable");

test("a second tab with the same seat displaces this one: nobody is asked, nothing is retried", async (t) => {
  const { connection, events, kit, server } = await createJoinedConnection(t);
  kit.lastRoom.emit(RoomEvent.Disconnected, DisconnectReason.DUPLICATE_IDENTITY);
  await passTime(t, 120_000, 10_000);
  assert.deepEqual([connection.state, events], ["closed", ["connection", "displaced"]]);
  assert.deepEqual([server.requests.length, kit.rooms.length], [0, 1]);
});

for (const [name, reason] of OTHER_REASONS) {
  test(`a disconnect for ${name} asks our server and rejoins with a new token`, async (t) => {
    const { connection, events, kit, server } = await createJoinedConnection(t);
    kit.lastRoom.emit(RoomEvent.Disconnected, reason);
    assert.deepEqual([connection.state, connection.attempt, connection.partner], ["lost", 1, null]);
    await settle();
    assert.deepEqual(server.requests.map(({ method, path }) => [method, path]), [["POST", "/session/join-token"]]);
    assert.deepEqual([kit.rooms.length, kit.lastRoom.connectedWith.token], [2, "TOKEN-1"]);
    assert.deepEqual([connection.state, connection.attempt, connection.nextTryAt], ["good", 0, 0]);
    assert.deepEqual(events.at(-1), "partner");
  });
}

test("the new room gets the devices that are on; the lost one gets nothing more", async (t) => {
  const scene = await createJoinedConnection(t);
  scene.devices.change({ on: { microphone: true }, tracks: { microphone: "voice" } });
  await settle();
  await loseConnection(scene);
  scene.devices.change({ on: { microphone: false } });
  await settle();
  const [lost, current] = scene.kit.rooms.map(({ log }) => log.map(([action]) => action));
  assert.deepEqual([lost, current], [["publish"], ["publish", "mute"]]);
});

test("a late event of a lost room is ignored", async (t) => {
  const scene = await createJoinedConnection(t);
  await loseConnection(scene);
  scene.kit.rooms[0].emit(RoomEvent.Disconnected, DisconnectReason.DUPLICATE_IDENTITY);
  await settle();
  assert.deepEqual([scene.connection.state, scene.kit.rooms.length], ["good", 2]);
});

const TROUBLES = {
  offline: { answers: ["unreachable"] },
  no_internet: { answers: ["unreachable"] },
  internal: { answers: ["garbled"] },
  slow_down: { answers: [problem("slow_down")] },
  store_unavailable: { answers: [problem("store_unavailable")] },
  checking_membership: { answers: [problem("checking_membership", { retry_after: 1 })] },
  video_unreachable: { answers: [problem("video_unreachable")] },
  video_blocked: { connects: [{ letIn: true, error: new Error("no media") }] },
  video_refused: { connects: ["refuse"] },
  video_no_answer: { connects: ["refuse"], livekitAnswers: false },
};
const FINAL_CODES = Object.keys(words.problems).filter((code) => !(code in TROUBLES));

test("the table of temporary troubles is complete", () => {
  assert.deepEqual(Object.keys(TROUBLES).sort(), [...TEMPORARY].sort());
});

for (const [code, trouble] of Object.entries(TROUBLES)) {
  test(`${code} is retried after a second`, async (t) => {
    const { navigator } = globalThis;
    useNavigator({ onLine: code !== "no_internet" });
    t.after(() => useNavigator(navigator));
    const scene = await createJoinedConnection(t, trouble);
    scene.server.livekitAnswers = trouble.livekitAnswers ?? true;
    await loseConnection(scene);
    assert.deepEqual([scene.connection.state, scene.connection.attempt], ["lost", 1]);
    assert.equal(scene.connection.nextTryAt, NOW + 1_000);
    await passTime(t, 999);
    assert.equal(scene.server.requests.length, 1);
    await passTime(t, 1);
    assert.deepEqual([scene.connection.state, scene.server.requests.length], ["good", 2]);
    assert.ok(!scene.events.some((event) => event.startsWith("ended")));
  });
}

for (const code of FINAL_CODES) {
  test(`${code} ends the call at once`, async (t) => {
    const scene = await createJoinedConnection(t, { answers: [problem(code)] });
    await loseConnection(scene);
    assert.deepEqual([scene.connection.state, scene.events.at(-1)], ["closed", `ended ${code}`]);
    await passTime(t, 120_000, 10_000);
    assert.deepEqual([scene.server.requests.length, scene.kit.rooms.length], [1, 1]);
    assert.equal(scene.events.filter((event) => event.startsWith("ended")).length, 1);
  });
}

test("a final problem after a temporary one ends the call too, with its details", async (t) => {
  const answers = [DOWN, problem("other_seat", { holder: "Mika" })];
  const scene = await createJoinedConnection(t, { answers });
  let ended = null;
  scene.connection.addEventListener("ended", ({ detail }) => (ended = detail));
  await loseConnection(scene);
  await passTime(t, 1_000);
  assert.deepEqual([ended.code, ended.holder], ["other_seat", "Mika"]);
});

test("attempts follow after 1, 2, 4, 8 and then every 10 seconds; after a minute the last problem ends the call", async (t) => {
  const answers = [...Array(9).fill(DOWN), problem("store_unavailable")];
  const scene = await createJoinedConnection(t, { answers });
  await loseConnection(scene);
  const counts = [];
  for (const seconds of [1, 2, 4, 8, 10, 10, 10, 10]) {
    await passTime(t, seconds * 1000 - 1);
    const before = scene.server.requests.length;
    await passTime(t, 1);
    counts.push([before, scene.server.requests.length, scene.connection.attempt]);
  }
  assert.deepEqual(counts, [[1, 2, 2], [2, 3, 3], [3, 4, 4], [4, 5, 5], [5, 6, 6], [6, 7, 7], [7, 8, 8], [8, 9, 9]]);
  assert.equal(scene.connection.state, "lost");
  await passTime(t, 10_000);
  assert.deepEqual([scene.connection.state, scene.events.at(-1)], ["closed", "ended store_unavailable"]);
  await passTime(t, 60_000, 10_000);
  assert.equal(scene.server.requests.length, 10);
});

test("a server's retry_after is respected", async (t) => {
  const scene = await createJoinedConnection(t, { answers: [problem("slow_down", { retry_after: 25 })] });
  await loseConnection(scene);
  assert.equal(scene.connection.nextTryAt, NOW + 25_000);
  await passTime(t, 24_999);
  assert.equal(scene.server.requests.length, 1);
  await passTime(t, 1);
  assert.equal(scene.connection.state, "good");
});

test("every change of the countdown is reported", async (t) => {
  const scene = await createJoinedConnection(t, { answers: [DOWN] });
  await loseConnection(scene);
  const reported = [];
  scene.connection.addEventListener("connection", () => reported.push([scene.connection.attempt, scene.connection.nextTryAt]));
  await passTime(t, 1_000);
  assert.deepEqual(reported[0], [2, 0]);
});

const HURRIES = {
  "a press on Try now": ({ connection }) => connection.tryNow(),
  "a network that is back": ({ window }) => window.dispatchEvent(new Event("online")),
};

for (const [name, hurry] of Object.entries(HURRIES)) {
  test(`${name} starts the next attempt immediately, in place of the planned one`, async (t) => {
    const scene = await createJoinedConnection(t, { answers: [problem("slow_down", { retry_after: 50 }), DOWN, DOWN] });
    await loseConnection(scene);
    await passTime(t, 10_000);
    assert.equal(scene.server.requests.length, 1);
    hurry(scene);
    await settle();
    assert.deepEqual([scene.server.requests.length, scene.connection.attempt], [2, 2]);
    assert.equal(scene.connection.nextTryAt, NOW + 12_000);
    await passTime(t, 2_000);
    assert.equal(scene.server.requests.length, 3);
    await passTime(t, 3_999);
    assert.equal(scene.server.requests.length, 3);
    await passTime(t, 60_000);
    assert.deepEqual([scene.connection.state, scene.server.requests.length], ["good", 4]);
  });
}

test("nothing can be hurried while connected or during an attempt", async (t) => {
  let answer;
  const scene = await createJoinedConnection(t, { answers: [new Promise((resolve) => (answer = resolve))] });
  scene.connection.tryNow();
  await loseConnection(scene);
  scene.connection.tryNow();
  scene.window.dispatchEvent(new Event("online"));
  await settle();
  assert.equal(scene.server.requests.length, 1);
  answer(DOWN);
  await settle();
  assert.equal(scene.connection.nextTryAt, NOW + 1_000);
});

test("a rejoin that LiveKit does not answer is given up after 15 seconds and retried", async (t) => {
  const scene = await createJoinedConnection(t, { connects: ["hang"] });
  await loseConnection(scene);
  await passTime(t, 15_000);
  assert.deepEqual([scene.connection.state, scene.kit.lastRoom.disconnectedWith], ["lost", [false]]);
  assert.equal(scene.connection.nextTryAt, NOW + 16_000);
  await passTime(t, 1_000);
  assert.deepEqual([scene.connection.state, scene.kit.rooms.length], ["good", 3]);
});

test("the next loss has a minute of its own", async (t) => {
  const scene = await createJoinedConnection(t, { answers: [...Array(9).fill(DOWN), undefined, DOWN] });
  await loseConnection(scene);
  await passTime(t, 65_000);
  assert.equal(scene.connection.state, "good");
  await loseConnection(scene);
  assert.deepEqual([scene.connection.state, scene.connection.attempt], ["lost", 1]);
  assert.equal(scene.connection.nextTryAt, NOW + 66_000);
  await passTime(t, 1_000);
  assert.equal(scene.connection.state, "good");
});
