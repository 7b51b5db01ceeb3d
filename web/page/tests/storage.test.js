// What a tab remembers, with and without storage.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import {
  isPreferenceOn, loadTabState, loadWaitingReports, markLinkSpent, replaceAddress, saveTabState, saveWaitingReports, setPreference,
  takeLinkFromAddress,
} from "../storage.js";
import { FakeStorage } from "./fake_browser.js";

afterEach(() => {
  for (const name of ["sessionStorage", "localStorage", "location", "history"]) delete globalThis[name];
});

function openAddress(hash) {
  const shown = [];
  globalThis.location = { hash, pathname: "/j" };
  globalThis.history = {
    state: globalThis.history?.state ?? null,
    replaceState(state, _title, address) {
      this.state = structuredClone(state);
      if (address) shown.push(address);
    },
  };
  return shown;
}

/** Storage as browsers forbid it. */
const FORBIDDEN = {
  "its getter throws": { get: () => { throw new DOMException("", "SecurityError"); } },
  "there is none": { value: null },
  "it is undefined": { value: undefined },
  "nothing can be written": { value: { getItem: () => null, setItem: () => { throw new DOMException("", "QuotaExceededError"); } } },
  "nothing can be read or written": { value: { getItem: () => { throw new Error(); }, setItem: () => { throw new Error(); } } },
};

for (const [how, descriptor] of Object.entries(FORBIDDEN)) {
  test(`without storage the tab's history remembers the link and the seat: ${how}`, () => {
    for (const name of ["sessionStorage", "localStorage"]) Object.defineProperty(globalThis, name, { configurable: true, ...descriptor });
    const shown = openAddress("#TOKEN");
    takeLinkFromAddress();
    const { token, attempt } = loadTabState();
    assert.deepEqual([token, shown], ["TOKEN", ["/j"]]);
    takeLinkFromAddress();
    assert.equal(loadTabState().attempt, attempt);
    markLinkSpent();
    saveTabState({ seat: "S1", camera: true });
    replaceAddress("/room");
    assert.deepEqual(loadTabState(), { spent: "TOKEN", seat: "S1", camera: true });
    setPreference("sounds", false);
    assert.equal(isPreferenceOn("sounds"), true);
  });
}

test("the link moves from the address into the tab, with an attempt that stays for the same link", () => {
  globalThis.sessionStorage = new FakeStorage();
  const shown = openAddress("#TOKEN");
  takeLinkFromAddress();
  assert.deepEqual(shown, ["/j"]);
  const { token, attempt } = loadTabState();
  assert.equal(token, "TOKEN");
  assert.match(attempt, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  takeLinkFromAddress();
  assert.equal(loadTabState().attempt, attempt);
  openAddress("#OTHER");
  takeLinkFromAddress();
  assert.notEqual(loadTabState().attempt, attempt);
});

test("another link forgets what belongs to the earlier one, and keeps which devices are on", () => {
  globalThis.sessionStorage = new FakeStorage();
  const report = { seat: "S1", place: "room", content: {}, isSent: false };
  saveTabState({ seat: "S1", chat: "https://chat.test/1", keepsCookies: true, camera: true, reportToken: "S1.x", report });
  openAddress("#TOKEN");
  takeLinkFromAddress();
  const { attempt, ...others } = loadTabState();
  assert.deepEqual([others, typeof attempt], [{ token: "TOKEN", camera: true }, "string"]);
});

test("a spent link is kept only for requesting a new one", () => {
  globalThis.sessionStorage = new FakeStorage();
  saveTabState({ token: "TOKEN", attempt: "A" });
  markLinkSpent();
  markLinkSpent();
  assert.deepEqual(loadTabState(), { spent: "TOKEN" });
});

const WAITING = [{ seat: "S1", token: "S1.x", content: { reason: "hate" }, until: 1 }];

test("reports that wait are the browser's: another tab finds them, and once there are none nothing is left", () => {
  Object.assign(globalThis, { sessionStorage: new FakeStorage(), localStorage: new FakeStorage() });
  assert.deepEqual(loadWaitingReports(), []);
  saveWaitingReports(WAITING);
  globalThis.sessionStorage = new FakeStorage();
  assert.deepEqual([loadWaitingReports(), loadTabState()], [WAITING, {}]);
  saveWaitingReports([]);
  assert.deepEqual([loadWaitingReports(), localStorage.getItem("hey-buddy-reports")], [[], null]);
});

for (const [how, descriptor] of Object.entries(FORBIDDEN)) {
  test(`a browser that keeps nothing for other tabs keeps them in this one: ${how}`, () => {
    globalThis.sessionStorage = new FakeStorage();
    Object.defineProperty(globalThis, "localStorage", { configurable: true, ...descriptor });
    saveWaitingReports(WAITING);
    assert.deepEqual(loadWaitingReports(), WAITING);
    saveWaitingReports([]);
    assert.deepEqual(loadWaitingReports(), []);
  });
}

test("preferences are on until they are turned off", () => {
  globalThis.localStorage = new FakeStorage();
  assert.equal(isPreferenceOn("sounds"), true);
  setPreference("sounds", false);
  assert.deepEqual([isPreferenceOn("sounds"), isPreferenceOn("shortcuts")], [false, true]);
  setPreference("sounds", true);
  assert.equal(isPreferenceOn("sounds"), true);
});

test("if even that is refused, nothing is remembered and nothing fails", () => {
  saveTabState({ seat: "S1" });
  setPreference("sounds", false);
  assert.deepEqual([loadTabState(), isPreferenceOn("sounds")], [{}, true]);
});
