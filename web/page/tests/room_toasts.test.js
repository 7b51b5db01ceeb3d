// The toast at the end of the agreed length: the two may stay, and are told until when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage } from "./fake_browser.js";
import { FakeDevices, passTime, useVirtualTime, view } from "./fake_kit.js";

globalThis.document = new FakePage();
const { showScreen } = await import("../dom.js");
const { RoomToasts } = await import("../room_toasts.js");
const { timeOfDay } = await import("../time.js");

const ENDS_AT = "2026-03-02T12:50:00Z";
const CLOSES_AT = "2026-03-02T13:00:00Z";
const MEETING = view({ state: "meeting", length: 50, times: { ends_at: ENDS_AT, closes_at: CLOSES_AT } });
const end = Date.parse(ENDS_AT);

function createToasts(t) {
  useVirtualTime(t);
  const connection = { isSilenced: false, startSound() {} };
  const toasts = new RoomToasts(showScreen("room"), connection, new FakeDevices(), () => {});
  toasts.toast.node.hidden = true;
  const shown = () => (toasts.toast.node.hidden ? null : toasts.toast.node.querySelector("[data-toast-text]").textContent);
  return { connection, shown, toasts };
}

test("at the agreed length the student reads and hears until when they may stay, once", async (t) => {
  const { shown, toasts } = createToasts(t);
  toasts.draw(MEETING, end - 1);
  assert.equal(shown(), null);
  toasts.draw(MEETING, end);
  await passTime(t, 100);
  const text = `Your 50 minutes are over. You can stay until ${timeOfDay(CLOSES_AT)}, when the room closes.`;
  assert.deepEqual([shown(), document.announced], [text, text]);
  await passTime(t, 60_000, 1_000);
  toasts.draw(MEETING, end + 61_000);
  assert.equal(shown(), null);
});

test("it can be closed, and does not come again", async (t) => {
  const { shown, toasts } = createToasts(t);
  toasts.draw(MEETING, end);
  toasts.toast.node.querySelector("[data-toast-button]").onclick();
  toasts.draw(MEETING, end + 1_000);
  assert.equal(shown(), null);
});

test("it waits while the browser blocks the sound", async (t) => {
  const { connection, shown, toasts } = createToasts(t);
  connection.isSilenced = true;
  toasts.draw(MEETING, end);
  const other = shown();
  connection.isSilenced = false;
  toasts.draw(MEETING, end + 1_000);
  assert.notEqual(shown(), other);
  assert.match(shown(), /50 minutes are over/);
});

test("before the two have met, no time is up", (t) => {
  const { shown, toasts } = createToasts(t);
  toasts.draw(view({ length: 50, times: { ends_at: null, closes_at: null } }), end);
  assert.equal(shown(), null);
});
