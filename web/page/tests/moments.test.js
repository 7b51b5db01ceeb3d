// Times as people read them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, clock, minutesUntil, pause } from "../moments.js";

const END = "2026-03-02T12:50:00Z";

test("minutes are counted up, so that the last one is not zero", () => {
  assert.equal(minutesUntil(Date.parse("2026-03-02T12:00:00Z"), END), 50);
  assert.equal(minutesUntil(Date.parse(END) - 1, END), 1);
  assert.equal(minutesUntil(Date.parse(END), END), 0);
  assert.equal(minutesUntil(Date.parse(END) + 60_000, END), 0);
});

test("the server's clock is the one that counts", () => {
  assert.equal(ahead("2026-03-02T12:00:05.000Z", Date.parse("2026-03-02T12:00:00Z")), 5_000);
  assert.equal(ahead(null, 1), 0);
});

test("a time that is not known is not shown", () => {
  assert.equal(clock(null), "");
  assert.match(clock(END, "en-GB"), /^\d\d:\d\d$/);
});

test("tries come ever more slowly, and never more than ten seconds apart", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(pause), [1, 2, 4, 8, 10, 10]);
});
