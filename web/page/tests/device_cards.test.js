// What is said on the card of each device.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage } from "./fake_browser.js";
import { FakeDevices } from "./fake_kit.js";

globalThis.document = new FakePage();
globalThis.HTMLMediaElement = class {};
globalThis.Option = class extends EventTarget {};
const { mountDeviceCards } = await import("../device_cards.js");
const { KINDS } = await import("../devices.js");
const { page } = await import("../words.js");

/** The hints of the cards of microphone and camera. `named`: whether the browser tells the devices' names. */
function hintsOf(t, { named = false, ...changes } = {}) {
  const devices = Object.assign(new FakeDevices(), { available: () => (named ? [{ deviceId: "1", label: "One" }] : []), chosenId: () => "1" });
  devices.change(changes);
  const root = document.createElement("div");
  t.after(mountDeviceCards(root, devices));
  return KINDS.map((_, index) => root.children[index].querySelector("[data-hint]").textContent);
}

const { allow, asking, mirrored, off_is_welcome: welcome } = page.devices;

test("that the browser will ask is said only as long as it has not allowed the microphone", (t) => {
  assert.deepEqual(hintsOf(t), [allow, welcome]);
  assert.deepEqual(hintsOf(t, { named: true }), ["", welcome]);
  assert.deepEqual(hintsOf(t, { on: { microphone: true, camera: true } }), ["", mirrored]);
});

test("that it asks is said whatever else could be", (t) => {
  assert.deepEqual(hintsOf(t, { isRequesting: { microphone: true, camera: true } }), [asking, asking]);
});
