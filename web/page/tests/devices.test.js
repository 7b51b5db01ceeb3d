// Troubles with devices, told apart; how loud a microphone is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { troubleOf } from "../devices.js";
import { loudness } from "../level.js";

const cases = [
  ["NotAllowedError", "blocked"],
  ["SecurityError", "blocked"],
  ["NotFoundError", "missing"],
  ["OverconstrainedError", "missing"],
  ["NotReadableError", "busy"],
  ["AbortError", "busy"],
];

for (const [name, expected] of cases) {
  test(`${name} means ${expected}`, () => assert.equal(troubleOf(new DOMException("", name)), expected));
}

test("silence is nothing, speech is something, noise is at most everything", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  const speech = loudness(Float32Array.from({ length: 64 }, (_, index) => 0.1 * Math.sin(index)));
  assert.ok(speech > 0.2 && speech < 0.6);
  assert.equal(loudness(new Float32Array(64).fill(1)), 1);
});
