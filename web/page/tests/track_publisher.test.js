// What is published follows the student's devices.

import assert from "node:assert/strict";
import { test } from "node:test";
import { TrackPublisher } from "../track_publisher.js";
import { FakeDevices, FakeRoom, settle } from "./fake_kit.js";

const SOURCES = { camera: "camera", microphone: "microphone" };
const CAMERA_ON = { on: { camera: true }, tracks: { camera: "camera 1" } };
const BOTH_ON = { on: { camera: true, microphone: true }, tracks: { camera: "camera 1", microphone: "voice 1" } };

function createPublisher(start = {}) {
  const devices = new FakeDevices();
  devices.change(start);
  const room = new FakeRoom({}, "accept");
  const publisher = new TrackPublisher(room, SOURCES, devices);
  const change = async (changes) => {
    room.log.length = 0;
    devices.change(changes);
    await settle();
    return room.log;
  };
  return { change, devices, publisher, room };
}

test("only what is on is published", async () => {
  const { publisher, room } = createPublisher({ ...BOTH_ON, on: { camera: false, microphone: false } });
  await publisher.synchronize();
  assert.deepEqual(room.log, []);
});

test("the camera is published in several sizes, the microphone is not", async () => {
  const { publisher, room } = createPublisher(BOTH_ON);
  await publisher.synchronize();
  assert.deepEqual(room.log, [["publish", "voice 1", "microphone", false], ["publish", "camera 1", "camera", true]]);
});

test("both are published at once, so that one negotiation carries them", async () => {
  const { publisher, room } = createPublisher(BOTH_ON);
  room.publishing = new Promise(() => {});
  publisher.synchronize();
  await settle();
  assert.equal(room.log.length, 2);
});

test("off is muted, on again is unmuted, and nothing is published twice", async () => {
  const { change, publisher } = createPublisher(CAMERA_ON);
  await publisher.synchronize();
  assert.deepEqual(await change({ on: { camera: false } }), [["mute", "camera 1"]]);
  assert.deepEqual(await change({}), []);
  assert.deepEqual(await change({ on: { camera: true } }), [["unmute", "camera 1"]]);
  assert.deepEqual(await change({}), []);
});

test("another device replaces the published one, and a muted one is replaced before it is unmuted", async () => {
  const { change, publisher } = createPublisher(CAMERA_ON);
  await publisher.synchronize();
  assert.deepEqual(await change({ tracks: { camera: "camera 2" } }), [["replace", "camera 2", true]]);
  await change({ on: { camera: false }, tracks: { camera: null } });
  const log = await change({ on: { camera: true }, tracks: { camera: "camera 3" } });
  assert.deepEqual(log, [["replace", "camera 3", true], ["unmute", "camera 3"]]);
});

test("changes during a round are handled by one more round, not by a concurrent one", async () => {
  const { devices, publisher, room } = createPublisher(CAMERA_ON);
  let publish;
  room.publishing = new Promise((resolve) => (publish = resolve));
  publisher.synchronize();
  devices.change({ on: { camera: false } });
  devices.change({ on: { camera: true }, tracks: { camera: "camera 2" } });
  await settle();
  assert.deepEqual(room.log, [["publish", "camera 1", "camera", true]]);
  publish();
  await settle();
  assert.deepEqual(room.log.slice(1), [["replace", "camera 2", true]]);
});

test("one track that cannot be published does not stop the other, and is tried again with the next change", async () => {
  const { change, publisher, room } = createPublisher(BOTH_ON);
  room.publishing = new Error("the connection failed");
  await publisher.synchronize();
  assert.equal(room.log.length, 2);
  room.publishing = Promise.resolve();
  assert.deepEqual((await change({})).map(([action]) => action), ["publish", "publish"]);
});

test("the sound goes to the chosen speaker, if there is one and it is not in use already", async () => {
  const { change, publisher } = createPublisher();
  await publisher.synchronize();
  assert.deepEqual(await change({}), []);
  assert.deepEqual(await change({ speaker: "headphones" }), [["speaker", "audiooutput", "headphones"]]);
  assert.deepEqual(await change({}), []);
});

test("a speaker that cannot be used is given up, and the student is told", async () => {
  const { change, devices, publisher, room } = createPublisher();
  const told = [];
  devices.addEventListener("trouble", ({ detail }) => told.push(detail));
  room.speakerError = new Error("no such device");
  await publisher.synchronize();
  await change({ speaker: "gone" });
  assert.deepEqual([devices.speaker, devices.speakerTrouble, told], ["", "failed", ["speaker"]]);
});

for (const kind of ["camera", "microphone"]) {
  test(`a ${kind} that cannot be published is told once, until it can be`, async () => {
    const { change, devices, publisher, room } = createPublisher(BOTH_ON);
    const told = [];
    devices.addEventListener("trouble", ({ detail }) => told.push(detail));
    room.refuses = [kind];
    publisher.synchronize();
    await settle();
    await change({});
    assert.deepEqual([devices.trouble[kind], told], ["unsent", [kind]]);
    room.refuses = [];
    await change({});
    assert.equal(devices.trouble[kind], null);
  });
}

test("what fails because the connection is lost is not told: it is published when the connection is back", async () => {
  const { devices, publisher, room } = createPublisher(BOTH_ON);
  Object.assign(room, { state: "reconnecting", refuses: ["camera", "microphone"] });
  publisher.synchronize();
  await settle();
  assert.deepEqual(devices.trouble, { microphone: null, camera: null });
});

test("a microphone is muted at once, though publishing the camera hangs", async () => {
  const { change, publisher, room } = createPublisher({ on: { microphone: true }, tracks: { microphone: "voice 1" } });
  await publisher.synchronize();
  await settle();
  room.publishing = new Promise(() => {});
  await change(CAMERA_ON);
  assert.deepEqual(await change({ on: { microphone: false } }), [["mute", "voice 1"]]);
});

test("after stop nothing follows, not even what changed during the last round", async () => {
  const { devices, publisher, room } = createPublisher(CAMERA_ON);
  let publish;
  room.publishing = new Promise((resolve) => (publish = resolve));
  publisher.synchronize();
  devices.change({ tracks: { camera: "camera 2" } });
  publisher.stop();
  publish();
  devices.change({ on: { microphone: true }, tracks: { microphone: "voice 1" } });
  await settle();
  assert.deepEqual(room.log, [["publish", "camera 1", "camera", true]]);
});
