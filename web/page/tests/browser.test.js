// What prevents a call in a browser, and whose menus the instructions describe.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFamily, obstacleFor, operatingSystem } from "../browser.js";

const GOOD = { userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", mediaDevices: true, secure: true, webrtc: true };

const obstacles = [
  ["a modern browser", {}, null],
  ["Discord's own browser on an iPhone", { userAgent: "Mozilla/5.0 (iPhone) Discord/200 Safari/604.1" }, "in_app"],
  ["an iPhone app that does not name itself", { userAgent: "Mozilla/5.0 (iPhone) AppleWebKit/605" }, "in_app"],
  ["an Android web view", { userAgent: "Mozilla/5.0 (Linux; Android 15; wv) Chrome/140.0" }, "in_app"],
  ["a browser without access to devices", { mediaDevices: false }, "no_devices"],
  ["an address without https", { secure: false, mediaDevices: false }, "insecure"],
  ["a browser in which an add-on blocks video calls", { webrtc: false }, "no_webrtc"],
];

for (const [name, changes, expected] of obstacles) {
  test(`the obstacle of ${name} is ${expected}`, () => assert.equal(obstacleFor({ ...GOOD, ...changes }), expected));
}

const userAgents = [
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "ios", "ios"],
  ["Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Mobile Safari/537.36", "android", "android"],
  ["Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "firefox", "windows"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/140.0 Safari/537.36", "chromium", "mac"],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15", "safari", "mac"],
  ["something else", "other", "other"],
];

for (const [userAgent, family, system] of userAgents) {
  test(`${userAgent} is ${family} on ${system}`, () => {
    assert.deepEqual([browserFamily(userAgent), operatingSystem(userAgent)], [family, system]);
  });
}
