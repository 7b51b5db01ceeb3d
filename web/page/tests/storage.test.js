// What a tab remembers, with and without storage.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { isPreferenceOn, loadTabState, markLinkSpent, saveTabState, setPreference, takeLinkFromAddress } from "../storage.js";
import { FakeStorage } from "./fake_browser.js";

afterEach(() => {
  for (const name of ["sessionStorage", "localStorage", "location", "history"]) delete globalThis[name];
});

function openAddress(hash) {
  const shown = [];
  globalThis.location = { hash, pathname: "/j" };
  globalThis.history = { replaceState: (_state, _title, address) => shown.push(address) };
  return shown;
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

test("another link forgets the seat of the earlier one", () => {
  globalThis.sessionStorage = new FakeStorage();
  saveTabState({ seat: "S1" });
  openAddress("#TOKEN");
  takeLinkFromAddress();
  assert.equal(loadTabState().seat, undefined);
});

test("a spent link is kept only for requesting a new one", () => {
  globalThis.sessionStorage = new FakeStorage();
  saveTabState({ token: "TOKEN", attempt: "A" });
  markLinkSpent();
  markLinkSpent();
  assert.deepEqual(loadTabState(), { spent: "TOKEN" });
});

test("preferences are on until they are turned off", () => {
  globalThis.localStorage = new FakeStorage();
  assert.equal(isPreferenceOn("sounds"), true);
  setPreference("sounds", false);
  assert.deepEqual([isPreferenceOn("sounds"), isPreferenceOn("shortcuts")], [false, true]);
  setPreference("sounds", true);
  assert.equal(isPreferenceOn("sounds"), true);
});

test("without storage nothing is remembered and nothing fails", () => {
  saveTabState({ seat: "S1" });
  setPreference("sounds", false);
  assert.deepEqual([loadTabState(), isPreferenceOn("sounds")], [{}, true]);
});
