// The student's devices: when they are on, what happens to their tracks, and what the student is told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS } from "../devices.js";
import { createDevices, FakeAudio } from "./device_scene.js";
import { passTime, settle } from "./fake_kit.js";

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
  mediaDevices.plugIn("videoinput", "camera 2");
  await devices.turnOn("camera");
  const [first] = mediaDevices.tracks;
  const turningOn = devices.choose("camera", "camera 2");
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

const refusals = [
  ["NotAllowedError", "", "blocked"],
  ["NotAllowedError", "Permission denied by system", "system"],
  ["NotAllowedError", "Permission dismissed", "closed"],
  ["SecurityError", "", "blocked"],
  ["NotFoundError", "", "missing"],
  ["OverconstrainedError", "", "missing"],
  ["NotReadableError", "", "busy"],
  ["AbortError", "", "busy"],
];

for (const kind of KINDS) {
  for (const [name, message, trouble] of refusals) {
    test(`${name} "${message}" of a ${kind} means ${trouble}, and is told after every press`, async (t) => {
      const { devices, mediaDevices, told } = createDevices(t);
      mediaDevices.error = new DOMException(message, name);
      mediaDevices.list = trouble === "missing" ? [] : mediaDevices.list;
      for (let press = 0; press < 2; press += 1) await devices.toggle(kind);
      assert.deepEqual([devices.on[kind], devices.trouble[kind]], [false, trouble]);
      assert.deepEqual(told, [`${kind} ${trouble}`, `${kind} ${trouble}`]);
    });
  }

  test(`a browser without access to a ${kind} says so after every press`, async (t) => {
    const { devices, told } = createDevices(t);
    navigator.mediaDevices = undefined;
    for (let press = 0; press < 2; press += 1) await devices.toggle(kind);
    assert.deepEqual(told, [`${kind} unsupported`, `${kind} unsupported`]);
  });

  test(`that the browser does not answer about a ${kind} is told after a while, and again after a press`, async (t) => {
    const { devices, mediaDevices, told } = createDevices(t);
    mediaDevices.isHanging = true;
    devices.toggle(kind);
    await passTime(t, 4_000);
    assert.deepEqual(told, []);
    await passTime(t, 2_000);
    devices.toggle(kind);
    assert.deepEqual(told, [`${kind} unanswered`, `${kind} unanswered`]);
    mediaDevices.answer();
    await settle();
    assert.deepEqual([devices.on[kind], devices.trouble[kind], mediaDevices.tracks.length], [true, null, 1]);
  });
}

test("a question that is open when everything is released is nobody's any more, and can be asked anew", async (t) => {
  const { devices, mediaDevices, told } = createDevices(t);
  mediaDevices.isHanging = true;
  devices.turnOn("camera");
  devices.turnOn("camera");
  devices.releaseAll();
  assert.deepEqual([devices.isRequesting.camera, devices.trouble.camera], [false, null]);
  devices.turnOn("camera");
  await settle();
  mediaDevices.answer();
  await settle();
  const live = mediaDevices.tracks.filter(({ readyState }) => readyState === "live");
  assert.deepEqual([devices.on.camera, live], [true, [devices.tracks.camera]]);
  assert.deepEqual(told, ["camera unanswered"]);
});

test("turning off while another device is being opened leaves it off", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  mediaDevices.plugIn("audioinput");
  await devices.turnOn("microphone");
  const choosing = devices.choose("microphone", "another");
  devices.toggle("microphone");
  await choosing;
  assert.deepEqual([devices.on.microphone, mediaDevices.tracks.map(({ readyState }) => readyState)], [false, ["ended", "ended"]]);
});

test("a chosen device that cannot be used is told, and the one before stays on", async (t) => {
  const { devices, mediaDevices, told } = createDevices(t);
  mediaDevices.plugIn("audioinput");
  mediaDevices.errors.another = new DOMException("", "NotReadableError");
  await devices.turnOn("microphone");
  await devices.choose("microphone", "another");
  assert.deepEqual([devices.on.microphone, devices.chosenId("microphone"), told], [true, "microphone 1", ["microphone not_switched"]]);
});

test("a chosen device that has gone is not replaced behind the student's back", async (t) => {
  const { devices, told } = createDevices(t);
  await devices.choose("camera", "gone");
  assert.deepEqual([devices.on.camera, told], [false, ["camera missing"]]);
});

test("a microphone that is turned off in a call sends nothing from that moment", async (t) => {
  const { devices } = createDevices(t);
  await devices.turnOn("microphone");
  devices.inCall = true;
  devices.toggle("microphone");
  assert.equal(devices.tracks.microphone.enabled, false);
  devices.toggle("microphone");
  assert.equal(devices.tracks.microphone.enabled, true);
});

for (const [kind, browserKind] of [["microphone", "audioinput"], ["camera", "videoinput"]]) {
  test(`a ${kind} that goes while another is there stays missed, and the other is offered, until one is turned on`, async (t) => {
    const { devices, mediaDevices, told } = createDevices(t);
    mediaDevices.plugIn(browserKind, "built in", "Built in");
    await devices.turnOn(kind);
    mediaDevices.unplug(browserKind);
    await passTime(t, 600_000, 60_000);
    assert.deepEqual([devices.on[kind], devices.trouble[kind], devices.replacement(kind).label], [false, "unplugged", "Built in"]);
    assert.deepEqual(told, [`${kind} unplugged`]);
    await devices.choose(kind, devices.replacement(kind).deviceId);
    assert.deepEqual([devices.on[kind], devices.trouble[kind], devices.chosenId(kind)], [true, null, "built in"]);
  });

  test(`a ${kind} that comes back is offered before any other`, async (t) => {
    const { devices, mediaDevices } = createDevices(t);
    const own = devices.available(kind)[0] ?? mediaDevices.list.find((device) => device.kind === browserKind);
    mediaDevices.plugIn(browserKind, "built in", "Built in");
    await devices.turnOn(kind);
    mediaDevices.unplug(browserKind);
    await settle();
    mediaDevices.plugIn(browserKind, own.deviceId, own.label);
    await settle();
    assert.deepEqual([devices.trouble[kind], devices.replacement(kind).deviceId], ["unplugged", own.deviceId]);
  });

  test(`with no other ${kind}, none is offered until one is plugged in`, async (t) => {
    const { devices, mediaDevices } = createDevices(t);
    await devices.turnOn(kind);
    mediaDevices.unplug(browserKind);
    await settle();
    assert.deepEqual([devices.trouble[kind], devices.replacement(kind)], ["unplugged", null]);
    mediaDevices.plugIn(browserKind);
    await settle();
    assert.deepEqual([devices.trouble[kind], devices.replacement(kind).deviceId], ["unplugged", "another"]);
  });

  for (const state of ["denied", "prompt"]) {
    test(`a ${kind} whose permission is taken back (${state}) is blocked, not unplugged`, async (t) => {
      const { devices, mediaDevices, told } = createDevices(t);
      mediaDevices.permissions[kind].state = "granted";
      await devices.turnOn(kind);
      mediaDevices.permissions[kind].become(state);
      mediaDevices.endTracks(devices.chosenId(kind));
      await settle();
      assert.deepEqual([devices.on[kind], told], [false, [`${kind} blocked`]]);
    });
  }

  test(`a ${kind} that was not found is not missed any more once there is one`, async (t) => {
    const { devices, mediaDevices } = createDevices(t);
    mediaDevices.list = [];
    await devices.turnOn(kind);
    assert.equal(devices.trouble[kind], "missing");
    mediaDevices.plugIn(browserKind, "", ""); // nameless before permission
    await settle();
    assert.equal(devices.trouble[kind], null);
  });
}

test("a headset that goes takes its microphone and its speakers with it, and both are told", async (t) => {
  const { devices, mediaDevices, told } = createDevices(t);
  mediaDevices.plugIn("audiooutput", "headset", "Headset");
  mediaDevices.plugIn("audiooutput", "built in", "Built in");
  await devices.turnOn("microphone");
  await devices.chooseSpeaker("headset");
  mediaDevices.unplug("audioinput");
  mediaDevices.unplug("audiooutput", "headset");
  await settle();
  assert.deepEqual([devices.speaker, told.toSorted()], ["", ["microphone unplugged", "speaker unplugged"]]);
});

test("a muted microphone that goes is not missed: the next one is used when it is turned on", async (t) => {
  const { devices, mediaDevices, told } = createDevices(t);
  mediaDevices.plugIn("audioinput");
  await devices.turnOn("microphone");
  devices.inCall = true;
  devices.toggle("microphone");
  mediaDevices.unplug("audioinput");
  await settle();
  await devices.toggle("microphone");
  assert.deepEqual([devices.on.microphone, devices.chosenId("microphone"), told], [true, "another", []]);
});

test("instead of a microphone that delivers nothing, one of another device is offered, under its own name", async (t) => {
  const { devices, mediaDevices } = createDevices(t);
  const named = (deviceId, groupId) => ({ kind: "audioinput", deviceId, label: deviceId, groupId });
  mediaDevices.list = [named("default", "headset"), named("headset", "headset"), named("built in", "laptop")];
  await devices.turnOn("microphone");
  assert.deepEqual([devices.chosenId("microphone"), devices.replacement("microphone").deviceId], ["default", "built in"]);
});

test("speakers that cannot be used are told, and those in use stay", async (t) => {
  const { devices, told } = createDevices(t);
  FakeAudio.refuses = ["broken"];
  await devices.chooseSpeaker("good");
  await devices.chooseSpeaker("broken");
  assert.deepEqual([devices.speaker, told], ["good", ["speaker failed"]]);
  await devices.chooseSpeaker("good");
  assert.equal(devices.speakerTrouble, null);
});

test("chosen speakers are not missed when the browser hides all names", async (t) => {
  const { devices, mediaDevices, told } = createDevices(t);
  mediaDevices.plugIn("audiooutput", "headset", "Headset");
  await devices.chooseSpeaker("headset");
  mediaDevices.list = [{ kind: "audiooutput", deviceId: "", label: "" }];
  mediaDevices.dispatchEvent(new Event("devicechange"));
  await settle();
  assert.deepEqual([devices.speaker, told], ["headset", []]);
});

test("perfect silence for seconds is told once, and is over with the first sound", async (t) => {
  const { devices, hear, told } = await turnMicrophoneOn(t);
  const listen = async (level, milliseconds) => {
    for (let rest = milliseconds; rest > 0; rest -= 100) {
      hear(level);
      await passTime(t, 100, 100);
    }
  };
  await listen(0, 4_000);
  assert.deepEqual(told, []);
  await listen(0, 4_000);
  assert.deepEqual([devices.on.microphone, devices.trouble.microphone, told], [true, "no_signal", ["microphone no_signal"]]);
  await listen(0.001, 100);
  assert.equal(devices.trouble.microphone, null);
  await listen(0.0001, 60_000);
  assert.equal(told.length, 1, "a quiet student is not told anything");
});

test("a microphone that is off is not told to be silent; it is not measured once it is released", async (t) => {
  const scene = await turnMicrophoneOn(t);
  scene.devices.inCall = true;
  scene.devices.toggle("microphone");
  scene.hear(0);
  await passTime(t, 60_000, 10_000);
  scene.hear(0);
  assert.deepEqual([scene.told, scene.isMeasuring], [[], true]);
  scene.devices.releaseAll();
  assert.equal(scene.isMeasuring, false);
});

async function turnMicrophoneOn(t) {
  const scene = createDevices(t);
  await scene.devices.turnOn("microphone");
  return scene;
}
