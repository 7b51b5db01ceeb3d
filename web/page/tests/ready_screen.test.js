// What the ready screen says of joining while a device is in trouble.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage, useNavigator } from "./fake_browser.js";
import { FakeDevices, useVirtualTime } from "./fake_kit.js";

Object.assign(globalThis, { document: new FakePage(), sessionStorage: new FakeStorage(), HTMLMediaElement: class {} });
useNavigator({ userAgent: "" });
const { showReady } = await import("../ready_screen.js");
const { page } = await import("../words.js");

const { join, join_without: without, later, camera_as_you_like: asYouLike } = page.ready;
const [BLOCKED, WEAK] = ["blocked", "no_signal"];
/** The trouble of microphone and camera, and what Join says then. */
const CASES = [
  [{ microphone: null, camera: null }, join, asYouLike],
  [{ microphone: BLOCKED, camera: null }, without, later.microphone],
  [{ microphone: null, camera: BLOCKED }, without, later.camera],
  [{ microphone: BLOCKED, camera: BLOCKED }, without, later.both],
  [{ microphone: WEAK, camera: BLOCKED }, without, later.camera],
  [{ microphone: WEAK, camera: null }, join, asYouLike],
];

for (const [trouble, label, small] of CASES) {
  test(`microphone ${trouble.microphone ?? "fine"}, camera ${trouble.camera ?? "fine"}: ${label}`, (t) => {
    useVirtualTime(t);
    const on = { microphone: trouble.microphone !== BLOCKED, camera: trouble.camera !== BLOCKED };
    showReady(Object.assign(new FakeDevices(), {
      trouble,
      on,
      isRequesting: {},
      startAllOff() {},
      replacement: () => null,
      available: () => [],
      chosenId: () => "",
    }));
    const text = (selector) => document.screen.querySelector(selector).textContent;
    assert.deepEqual([text("[data-join]"), text("[data-under-join]")], [label, small]);
  });
}
