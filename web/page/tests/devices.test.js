// The student's devices: when they are on, what happens to their tracks, and the trouble that each browser error means.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Devices, KINDS, troubleFrom } from "../devices.js";
import { FakeMediaDevices, FakeStorage } from "./fake_browser.js";
import { settle } from "./fake_kit.js";

/** Devices in a browser with a camera and a microphone, both allowed. */
function createDevices(t) {
  const mediaDevices = new FakeMediaDevices();
  const original = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  const permissions = { query: async ({ name }) => mediaDevices.permissions[name] };
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { mediaDevices, permissions } });
  globalThis.sessionStorage = new FakeStorage();
  t.after(() => {
    delete globalThis.navigator;
    if (original) Object.defineProperty(globalThis, "navigator", original);
    delete globalThis.sessionStorage;
  });
  return { devices: new Devices(), mediaDevices };
}

for (const kind of KINDS) {
  test(`a ${kind} that is turned on has a track and says so; turned off, the track is stopped`, async (t) => {
    const { devices } = createDevices(t);
    let changes = 0;
    devices.addEventListener("change", () => (changes += 1));
    await devices.toggle(kind);
    const track = devices.tracks[kind];
    assert.deepEqual([devices.on[kind], devices.isRequesting[kind], track.readyState], [true, false, "live"]);
    devices.toggle(kind);
    assert.deepEqual([devices.on[kind], devices.tracks[kind], track.readyState], [false, null, "ended"]);
    assert.ok(changes > 0);
  });
}

test("in a call a microphone that is turned off keeps its track, a camera does not", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  await Promise.all([devices.turnOn("microphone"), devices.turnOn("camera")]);
  devices.inCall = true;
  devices.turnOff("microphone");
  devices.turnOff("camera");
  assert.deepEqual([devices.tracks.microphone.readyState, devices.tracks.camera], ["live", null]);
  await devices.turnOn("microphone");
  assert.equal(mediaDevices.tracks.length, 2);
});

test("another device is opened only after the one in use was released", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  await devices.turnOn("camera");
  const [first] = mediaDevices.tracks;
  const turningOn = devices.turnOn("camera", "camera 2");
  assert.equal(first.readyState, "ended");
  await turningOn;
  assert.deepEqual([devices.chosenId("camera"), devices.tracks.camera.readyState], ["camera 2", "live"]);
});

test("the browser is asked once, even if the switch is pressed repeatedly", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  await Promise.all([devices.turnOn("camera"), devices.turnOn("camera")]);
  assert.equal(mediaDevices.tracks.length, 1);
});

test("a device that the student allows after everything was released stays off", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  const turningOn = devices.turnOn("camera");
  devices.releaseAll();
  await turningOn;
  assert.deepEqual([devices.on.camera, devices.tracks.camera, mediaDevices.tracks[0].readyState], [false, null, "ended"]);
});

test("what was on is on again after a release, and nothing else", async (t) => {
  const { devices } = createDevices(t);
  await devices.turnOn("microphone");
  devices.releaseAll();
  assert.deepEqual([devices.on.microphone, devices.tracks.microphone], [false, null]);
  await devices.restore();
  assert.deepEqual(devices.on, { microphone: true, camera: false });
});

test("with a new link everything starts off, even if it was on before", async (t) => {
  const { devices } = createDevices(t);
  await devices.turnOn("microphone");
  devices.releaseAll();
  devices.startAllOff();
  await devices.restore();
  assert.deepEqual(devices.on, { microphone: false, camera: false });
});

test("an unplugged device is off and in trouble until one is there again", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  await devices.turnOn("camera");
  mediaDevices.unplug("videoinput");
  await settle();
  assert.deepEqual([devices.on.camera, devices.trouble.camera], [false, "unplugged"]);
  mediaDevices.plugIn("videoinput");
  await settle();
  assert.equal(devices.trouble.camera, null);
});

test("a refused device is in trouble, and turns on when the student allows it in the browser's settings", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  mediaDevices.error = new DOMException("", "NotAllowedError");
  await devices.turnOn("camera");
  assert.deepEqual([devices.on.camera, devices.trouble.camera], [false, "blocked"]);
  mediaDevices.error = null;
  mediaDevices.permissions.camera.grant();
  await settle();
  assert.deepEqual([devices.on.camera, devices.trouble.camera], [true, null]);
});

test("only devices with a name are offered", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  mediaDevices.list.push({ kind: "audiooutput", deviceId: "S", label: "Speakers" }, { kind: "audiooutput", deviceId: "", label: "" });
  await devices.turnOn("camera");
  assert.deepEqual(devices.available("speaker").map(({ deviceId }) => deviceId), ["S"]);
});

test("a browser without access to devices counts as having none", async (t) => {
  const { devices } = createDevices(t);
  navigator.mediaDevices = undefined;
  await devices.turnOn("microphone");
  assert.equal(devices.trouble.microphone, "missing");
});

const errors = [
  ["NotAllowedError", "", "blocked"],
  ["NotAllowedError", "Permission denied by system", "system"],
  ["NotAllowedError", "Permission dismissed", "closed"],
  ["SecurityError", "", "blocked"],
  ["NotFoundError", "", "missing"],
  ["OverconstrainedError", "", "missing"],
  ["NotReadableError", "", "busy"],
  ["AbortError", "", "busy"],
];

for (const [name, message, expected] of errors) {
  test(`${name} "${message}" means ${expected}`, () => {
    assert.equal(troubleFrom(new DOMException(message, name)), expected);
  });
}
