// Troubles with devices, told apart; how loud a microphone is.

import assert from "node:assert/strict";
import { test } from "node:test";
import { troubleOf } from "../devices.js";
import { loudness, Speech } from "../level.js";

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

test("speech is loud for half a second; a cough is not, and nobody is told twice within a minute", () => {
  const speech = new Speech();
  const loudUntilTold = (from, most) => Array.from({ length: most }, (_, at) => speech.heard(0.5, from + at * 100)).indexOf(true);
  assert.equal(loudUntilTold(0, 4), -1);
  for (let at = 0; at < 10; at += 1) assert.equal(speech.heard(0.1, 400 + at * 100), false);
  assert.equal(loudUntilTold(2_000, 20), 4);
  assert.equal(loudUntilTold(30_000, 20), -1);
  assert.notEqual(loudUntilTold(62_401, 20), -1);
});
