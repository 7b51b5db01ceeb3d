// Joining a room, and what the connection reports while it is in one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ConnectionQuality, RoomEvent } from "livekit-client";
import { createConnection, createJoinedConnection, GRANT, passTime, settle } from "./fake_kit.js";

const NO_ANSWER = { code: "video_no_answer" };

test("joining connects with the grant, publishes what is on and reports a good connection", async (t) => {
  const { connection, devices, events, kit } = createConnection(t);
  devices.change({ on: { camera: true }, tracks: { camera: "camera track" } });
  assert.equal(connection.state, "connecting");
  await connection.join(GRANT);
  await settle();
  assert.deepEqual([kit.lastRoom.connectedWith.url, kit.lastRoom.connectedWith.token], [GRANT.url, GRANT.token]);
  assert.equal(connection.state, "good");
  assert.equal(devices.inCall, true);
  assert.deepEqual(kit.lastRoom.log, [["publish", "camera track", "camera", true]]);
  assert.deepEqual(events, ["connection", "partner"]);
});

test("the room never stops the student's tracks by itself", async (t) => {
  const { connection, kit } = await createJoinedConnection(t);
  assert.equal(kit.lastRoom.options.stopLocalTrackOnUnpublish, false);
  connection.hangUp();
  assert.deepEqual(kit.lastRoom.disconnectedWith, [false]);
});

test("LiveKit's own attempts to resume end, so that our server is asked", async (t) => {
  const { kit } = await createJoinedConnection(t);
  const { nextRetryDelayInMs } = kit.lastRoom.options.reconnectPolicy;
  assert.deepEqual([0, 99].map((retryCount) => nextRetryDelayInMs({ retryCount })), [0, null]);
});

test("a refused join is a problem without the token, and leaves no room behind", async (t) => {
  const { connection, devices, events, kit } = createConnection(t, { connects: ["refuse"] });
  await assert.rejects(connection.join(GRANT), (error) => error.code === "video_refused" && !String(error.stack).includes(GRANT.token) && !error.cause);
  assert.deepEqual(kit.lastRoom.disconnectedWith, [false]);
  assert.deepEqual([devices.inCall, connection.partner, connection.isSilenced], [false, null, false]);
  assert.deepEqual(events, []);
});

test("a join without an answer fails after 15 seconds, not earlier", async (t) => {
  const { connection, kit, server } = createConnection(t, { connects: ["hang"] });
  server.livekitAnswers = false;
  let problem = null;
  connection.join(GRANT).catch((error) => (problem = error));
  await passTime(t, 14_999);
  assert.equal(problem, null);
  assert.deepEqual(kit.lastRoom.disconnectedWith, []);
  await passTime(t, 1);
  assert.equal(problem.code, "video_no_answer");
  assert.deepEqual(kit.lastRoom.disconnectedWith, [false]);
});

test("an answer after the deadline does not enter the room", async (t) => {
  const { connection, devices, kit, server } = createConnection(t, { connects: ["hang"] });
  server.livekitAnswers = false;
  const joined = assert.rejects(connection.join(GRANT), NO_ANSWER);
  await passTime(t, 15_000);
  await joined;
  kit.lastRoom.accept();
  await settle();
  assert.deepEqual([connection.state, devices.inCall], ["connecting", false]);
});

test("a join that was answered in time outlives the deadline", async (t) => {
  const { connection, events, kit } = createConnection(t, { connects: ["hang"] });
  const joined = connection.join(GRANT);
  await passTime(t, 14_000);
  kit.lastRoom.accept();
  await joined;
  await passTime(t, 60_000);
  assert.deepEqual([connection.state, kit.lastRoom.disconnectedWith], ["good", []]);
  assert.deepEqual(events, ["connection", "partner"]);
});

test("the partner is the participant whose identity has no #", async (t) => {
  const { connection, kit } = await createJoinedConnection(t);
  assert.equal(connection.partner, null);
  kit.lastRoom.remoteParticipants.set("A", { identity: "seat#recorder" });
  assert.equal(connection.partner, null);
  const partner = { identity: "seat" };
  kit.lastRoom.remoteParticipants.set("B", partner);
  assert.equal(connection.partner, partner);
});

const PARTNER_EVENTS = [
  "ParticipantConnected", "ParticipantDisconnected", "ParticipantActive", "TrackPublished", "TrackUnpublished",
  "TrackSubscribed", "TrackUnsubscribed", "TrackMuted", "TrackUnmuted",
];

for (const name of PARTNER_EVENTS) {
  test(`${name} reports a change of the partner, once LiveKit's own state is complete`, async (t) => {
    const { events, kit } = await createJoinedConnection(t);
    kit.lastRoom.emit(RoomEvent[name]);
    assert.deepEqual(events, []);
    await settle();
    assert.deepEqual(events, ["partner"]);
  });
}

for (const name of ["Reconnecting", "SignalReconnecting"]) {
  test(`${name} is a lost connection that LiveKit restores by itself`, async (t) => {
    const { connection, devices, events, kit, server } = await createJoinedConnection(t);
    kit.lastRoom.emit(RoomEvent[name]);
    assert.deepEqual([connection.state, connection.attempt, events], ["lost", 0, ["connection"]]);
    devices.on.camera = true;
    devices.tracks.camera = "turned on meanwhile";
    kit.lastRoom.emit(RoomEvent.Reconnected);
    await settle();
    assert.deepEqual([connection.state, events], ["good", ["connection", "connection"]]);
    assert.deepEqual(kit.lastRoom.log, [["publish", "turned on meanwhile", "camera", true]]);
    assert.deepEqual(server.requests, []);
  });
}

const ME = { isLocal: true };
const QUALITIES = { Excellent: "good", Good: "good", Unknown: "good", Poor: "weak", Lost: "weak" };

test("the table of qualities is complete", () => {
  assert.deepEqual(Object.keys(QUALITIES).sort(), Object.keys(ConnectionQuality).sort());
});

for (const [name, expected] of Object.entries(QUALITIES)) {
  test(`the quality ${name} is a ${expected} connection`, async (t) => {
    const { connection, kit } = await createJoinedConnection(t);
    kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, expected === "good" ? "poor" : "good", ME);
    kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality[name], ME);
    assert.equal(connection.state, expected);
  });
}

test("the partner's quality is not ours", async (t) => {
  const { connection, events, kit } = await createJoinedConnection(t);
  kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.Lost, { isLocal: false });
  assert.deepEqual([connection.state, events], ["good", []]);
});

test("a quality does not end a lost connection", async (t) => {
  const { connection, kit } = await createJoinedConnection(t);
  kit.lastRoom.emit(RoomEvent.Reconnecting);
  kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.Excellent, ME);
  assert.equal(connection.state, "lost");
});

test("the same quality again is not reported again", async (t) => {
  const { events, kit } = await createJoinedConnection(t);
  kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.Poor, ME);
  kit.lastRoom.emit(RoomEvent.ConnectionQualityChanged, ConnectionQuality.Lost, ME);
  assert.deepEqual(events, ["connection"]);
});

test("blocked sound is reported, and starts when the student presses something", async (t) => {
  const { connection, events, kit } = await createJoinedConnection(t);
  assert.equal(connection.isSilenced, false);
  kit.lastRoom.canPlaybackAudio = false;
  kit.lastRoom.emit(RoomEvent.AudioPlaybackStatusChanged);
  assert.deepEqual([connection.isSilenced, events], [true, ["sound"]]);
  await connection.startSound();
  assert.deepEqual([kit.lastRoom.soundsStarted, events], [1, ["sound", "sound"]]);
});

test("sound is refused once a press was in vain, and no longer once it plays", async (t) => {
  const { connection, kit } = await createJoinedConnection(t);
  const room = kit.lastRoom;
  const seen = [];
  connection.addEventListener("sound", () => seen.push(connection.isSoundRefused));
  for (const canPlay of [false, true, false]) {
    room.canPlaybackAudio = canPlay;
    room.emit(RoomEvent.AudioPlaybackStatusChanged);
    if (!canPlay) await connection.startSound();
  }
  room.startAudio = async () => (room.canPlaybackAudio = true);
  await connection.startSound();
  assert.deepEqual(seen, [false, true, false, false, true, false]);
});

test("a browser that refuses to start sound causes no error", async (t) => {
  const { connection, events, kit } = await createJoinedConnection(t);
  kit.lastRoom.startAudio = () => Promise.reject(new Error("not allowed"));
  await connection.startSound();
  assert.deepEqual(events, ["sound"]);
});
