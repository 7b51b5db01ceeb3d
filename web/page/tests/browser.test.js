// What prevents a call in a browser, and whose menus the instructions describe.

import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFamily, isFinal, obstaclesFor, operatingSystem } from "../browser.js";

const GOOD = {
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
  current: true,
  mediaDevices: true,
  secure: true,
  webrtc: true,
};
const NO_SAFARI = { userAgent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148" };

const obstacles = [
  ["a modern browser", {}, []],
  ["a browser in another app that does not name itself", NO_SAFARI, ["in_app"]],
  ["a browser without access to devices", { mediaDevices: false }, ["no_devices"]],
  ["an address without https", { secure: false, mediaDevices: false }, ["insecure"]],
  ["a browser in which an add-on blocks video calls", { webrtc: false }, ["no_webrtc"]],
  ["an app that gives no camera", { ...NO_SAFARI, mediaDevices: false }, ["in_app", "no_devices"]],
  ["an app in which nobody can call", { ...NO_SAFARI, webrtc: false, mediaDevices: false }, ["in_app", "no_webrtc"]],
  ["an old browser", { current: false, webrtc: false, mediaDevices: false }, ["outdated"]],
  ["an old browser inside an app at an address without https", { ...NO_SAFARI, current: false, secure: false }, ["outdated"]],
];

for (const [name, changes, expected] of obstacles) {
  test(`what prevents a call in ${name}: ${expected}`, () => assert.deepEqual(obstaclesFor({ ...GOOD, ...changes }), expected));
}

const IOS = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)";
const inApps = [
  `${IOS} Mobile/15E148 Discord/250.0`,
  `${IOS} Mobile/15E148 Safari/604.1 Discord/250.0`,
  `${IOS} Mobile/15E148 [FBAN/FBIOS;FBAV/480.0]`,
  `${IOS} Mobile/15E148 Instagram 350.0`,
  `${IOS} Version/18.0 Mobile/15E148 Safari/604.1 Line/14.0`,
  `${IOS} Mobile/15E148 Snapchat/13.0`,
  `${IOS} Mobile/15E148 Twitter for iPhone/10.0`,
  `${IOS} Mobile/15E148 [LinkedInApp]/9.30`,
  `${IOS} Mobile/15E148 MicroMessenger/8.0`,
  "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko)",
  `${ANDROID.replace("Pixel 9", "Pixel 9; wv")} Version/4.0 Chrome/140.0 Mobile Safari/537.36`,
  `${ANDROID} Chrome/140.0 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/480.0]`,
  `${ANDROID} Chrome/140.0 Mobile Safari/537.36 musical_ly_2024 BytedanceWebview/d8a21c6`,
  `${ANDROID} Chrome/140.0 Mobile Safari/537.36 KAKAOTALK/10.0`,
];
const realBrowsers = [
  `${IOS} Version/18.0 Mobile/15E148 Safari/604.1`,
  `${IOS} CriOS/140.0 Mobile/15E148 Safari/604.1`,
  `${IOS} FxiOS/140.0 Mobile/15E148 Safari/604.1`,
  `${IOS} EdgiOS/140.0 Version/18.0 Mobile/15E148 Safari/604.1`,
  `${ANDROID} Chrome/140.0 Mobile Safari/537.36`,
  `${ANDROID} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36`,
  "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
];

for (const userAgent of inApps) {
  test(`an app: ${userAgent}`, () => assert.deepEqual(obstaclesFor({ ...GOOD, userAgent }), ["in_app"]));
}
for (const userAgent of realBrowsers) {
  test(`a browser: ${userAgent}`, () => assert.deepEqual(obstaclesFor({ ...GOOD, userAgent }), []));
}

test("a student may go on where it may still work", () => {
  const all = ["outdated", "insecure", "in_app", "no_webrtc", "no_devices"];
  assert.deepEqual(all.filter((obstacle) => !isFinal(obstacle)), ["in_app", "no_devices"]);
});

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
