// What stands in the way of a call, found before anything is spent.

import assert from "node:assert/strict";
import { test } from "node:test";
import { obstacle } from "../browser.js";

const GOOD = { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", mediaDevices: true, secure: true, webrtc: true };

const cases = [
  ["a browser as it should be", {}, null],
  ["Discord's own browser on a phone", { userAgent: "Mozilla/5.0 (iPhone) Discord/200" }, "in_app"],
  ["an Android web view", { userAgent: "Mozilla/5.0 (Linux; Android 15; wv) Chrome/140.0" }, "in_app"],
  ["no devices at all", { mediaDevices: false }, "no_devices"],
  ["an address without https", { secure: false, mediaDevices: false }, "insecure"],
  ["video calls blocked by an add-on", { webrtc: false }, "no_webrtc"],
];

for (const [name, differs, expected] of cases) {
  test(name, () => assert.equal(obstacle({ ...GOOD, ...differs }), expected));
}
