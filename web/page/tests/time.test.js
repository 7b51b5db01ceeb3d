// Times and durations as text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, minutesUntil, serverClockOffset, timeOfDay } from "../time.js";

const END = "2026-03-02T12:50:00Z";

test("minutes are rounded up, so that the last one is not shown as zero", () => {
  assert.equal(minutesUntil(Date.parse("2026-03-02T12:00:00Z"), END), 50);
  assert.equal(minutesUntil(Date.parse(END) - 1, END), 1);
  assert.equal(minutesUntil(Date.parse(END), END), 0);
  assert.equal(minutesUntil(Date.parse(END) + 60_000, END), 0);
});

test("the offset is how far the server's clock is ahead, and 0 if its time is unknown", () => {
  assert.equal(serverClockOffset("2026-03-02T12:00:05.000Z", Date.parse("2026-03-02T12:00:00Z")), 5_000);
  assert.equal(serverClockOffset(null, 1), 0);
});

test("an unknown time is empty", () => {
  assert.equal(timeOfDay(null), "");
  assert.match(timeOfDay(END, "en-GB"), /^\d\d:\d\d$/);
});

test("a duration names minutes only if there are any, and is never negative", () => {
  assert.equal(durationText(108_000, "en"), "1 minute 48 seconds");
  assert.equal(durationText(9_001, "en"), "10 seconds");
  assert.equal(durationText(-1, "en"), "0 seconds");
});
