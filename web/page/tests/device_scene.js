// The student's devices in a fake browser.

import { Devices } from "../devices.js";
import { FakeMediaDevices, FakeStorage, useNavigator } from "./fake_browser.js";
import { useVirtualTime } from "./fake_kit.js";

/** The audio element through which the page's sounds go. `refuses` are the speakers that it cannot use. */
export class FakeAudio {
  static refuses = [];

  async setSinkId(id) {
    if (FakeAudio.refuses.includes(id)) throw new DOMException("", "NotFoundError");
  }
}

/**
 * Devices in a browser with a camera and a microphone, both allowed, in virtual time. `told` are the troubles that were to be
 * told, in order; `hear` gives the level of the microphone that is measured.
 */
export function createDevices(t) {
  useVirtualTime(t);
  const mediaDevices = new FakeMediaDevices();
  const permissions = { query: async ({ name }) => mediaDevices.permissions[name] };
  useNavigator({ mediaDevices, permissions });
  globalThis.sessionStorage = new FakeStorage();
  globalThis.Audio = FakeAudio;
  t.after(() => {
    delete globalThis.Audio;
    delete globalThis.sessionStorage;
  });
  const scene = { mediaDevices, told: [], hear: () => {}, isMeasuring: false };
  scene.devices = new Devices((track, onLevel) => {
    Object.assign(scene, { hear: onLevel, isMeasuring: true });
    return () => (scene.isMeasuring = false);
  });
  const tell = ({ detail }) => scene.told.push(`${detail} ${detail === "speaker" ? scene.devices.speakerTrouble : scene.devices.trouble[detail]}`);
  scene.devices.addEventListener("trouble", tell);
  return scene;
}
