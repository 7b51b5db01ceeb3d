// How loud a microphone is, and whether somebody speaks while muted.

import assert from "node:assert/strict";
import { test } from "node:test";
import { loudness, MutedSpeechDetector } from "../microphone_level.js";

test("silence is 0, speech is in between, noise is at most 1", () => {
  assert.equal(loudness(new Float32Array(64)), 0);
  const speech = loudness(Float32Array.from({ length: 64 }, (_, index) => 0.1 * Math.sin(index)));
  assert.ok(speech > 0.2 && speech < 0.6);
  assert.equal(loudness(new Float32Array(64).fill(1)), 1);
});

test("half a second of speech is reported, a cough is not, and nothing is reported twice within a minute", () => {
  const detector = new MutedSpeechDetector();
  const loudUntilReported = (from, most) =>
    Array.from({ length: most }, (_, index) => detector.detects(0.5, from + index * 100)).indexOf(true);
  assert.equal(loudUntilReported(0, 4), -1);
  for (let index = 0; index < 10; index += 1) assert.equal(detector.detects(0.1, 400 + index * 100), false);
  assert.equal(loudUntilReported(2_000, 20), 4);
  assert.equal(loudUntilReported(30_000, 20), -1);
  assert.notEqual(loudUntilReported(62_401, 20), -1);
});
