// What was decided about a device while the browser was answering holds: a late answer changes nothing.

import assert from "node:assert/strict";
import { test } from "node:test";
import { KINDS } from "../devices.js";
import { createDevices } from "./device_scene.js";
import { settle } from "./fake_kit.js";

/** Another device of a kind is tried in vain while one is on; the list of devices is read only once `list` is called. */
async function chooseInVain(t, kind) {
  const scene = createDevices(t);
  const { devices, mediaDevices } = scene;
  mediaDevices.plugIn(kind === "camera" ? "videoinput" : "audioinput");
  mediaDevices.errors.another = new DOMException("", "NotReadableError");
  await devices.turnOn(kind);
  scene.list = holdList(mediaDevices);
  scene.choosing = devices.choose(kind, "another");
  await settle();
  return scene;
}

/** From now on the browser lists its devices only when the returned function is called. */
function holdList(mediaDevices) {
  const waiting = [];
  mediaDevices.enumerateDevices = () => new Promise((resolve) => waiting.push(() => resolve(mediaDevices.list)));
  return async () => {
    for (const answer of waiting.splice(0)) answer();
    await settle();
  };
}

const liveTracks = ({ tracks }) => tracks.filter(({ readyState }) => readyState === "live");
const GIVEN_UP = { "it is turned off": (devices, kind) => devices.toggle(kind), "the room is left": (devices) => devices.releaseAll() };

for (const kind of KINDS) {
  for (const [what, giveUp] of Object.entries(GIVEN_UP)) {
    test(`a ${kind} stays off if ${what} just after another was refused`, async (t) => {
      const { choosing, devices, list, mediaDevices, told } = await chooseInVain(t, kind);
      giveUp(devices, kind);
      await list();
      await choosing;
      assert.deepEqual([devices.on[kind], liveTracks(mediaDevices), told], [false, [], []]);
    });

    test(`nobody is told of a ${kind} that is back if ${what} while that is found out`, async (t) => {
      const { choosing, devices, list, mediaDevices, told } = await chooseInVain(t, kind);
      mediaDevices.isHanging = true;
      await list(); // now the former one is asked for
      giveUp(devices, kind);
      mediaDevices.answer();
      await list();
      await choosing;
      assert.deepEqual([devices.on[kind], liveTracks(mediaDevices), told], [false, [], []]);
    });

    test(`nor if ${what} when the ${kind} has just come back`, async (t) => {
      const { choosing, devices, list, mediaDevices, told } = await chooseInVain(t, kind);
      await list();
      assert.deepEqual([devices.on[kind], liveTracks(mediaDevices).length], [true, 1]);
      giveUp(devices, kind);
      await list();
      await choosing;
      assert.deepEqual([devices.on[kind], liveTracks(mediaDevices), told], [false, [], []]);
    });
  }

  test(`a ${kind} that goes when it has just come back is told to be unplugged, and nothing else`, async (t) => {
    const { choosing, devices, list, mediaDevices, told } = await chooseInVain(t, kind);
    await list();
    mediaDevices.unplug(kind === "camera" ? "videoinput" : "audioinput", devices.chosenId(kind));
    await list();
    await choosing;
    assert.deepEqual([devices.on[kind], told], [false, [`${kind} unplugged`]]);
  });

  test(`a refusal that comes to light late does not turn off a ${kind} that was turned on meanwhile`, async (t) => {
    const { devices, mediaDevices } = createDevices(t);
    const list = holdList(mediaDevices);
    mediaDevices.error = new DOMException("Permission dismissed", "NotAllowedError");
    const first = devices.turnOn(kind);
    await settle();
    mediaDevices.error = null;
    const second = devices.turnOn(kind);
    await settle();
    await list();
    await Promise.all([first, second]);
    assert.deepEqual([devices.on[kind], devices.tracks[kind]?.readyState, devices.trouble[kind]], [true, "live", null]);
  });

  test(`a ${kind} about which the browser still asks when entering fails is asked for again at the next try`, async (t) => {
    const { devices, mediaDevices } = createDevices(t);
    await Promise.all(KINDS.map((each) => devices.turnOn(each)));
    devices.releaseAll();
    const allow = mediaDevices.getUserMedia;
    const isAskedFor = ({ video }) => Boolean(video) === (kind === "camera");
    mediaDevices.getUserMedia = (wishes) => (isAskedFor(wishes) ? new Promise(() => {}) : allow.call(mediaDevices, wishes));
    devices.restore();
    await settle();
    devices.releaseAll();
    mediaDevices.getUserMedia = allow;
    await devices.restore();
    assert.deepEqual(devices.on, { microphone: true, camera: true });
  });
}
