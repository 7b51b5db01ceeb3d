// What counts as a device that delivers nothing, and what does not: quiet students, dark rooms, microphones that pause.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isBlack, SignalDetector } from "../device_signal.js";

const SECOND = 1_000;

/** Seconds after which a detector first misses the signal; `delivers` gets the second. */
function missedAfter(detector, delivers, seconds, from = 0) {
  for (let second = 0; second < seconds; second += 1) {
    if (!detector.hasSignal(delivers(second), (from + second) * SECOND)) return second;
  }
  return null;
}

test("nothing for five seconds is no signal; a sound every four seconds is one", () => {
  assert.equal(missedAfter(new SignalDetector(), () => false, 60), 5);
  assert.equal(missedAfter(new SignalDetector(), (second) => second % 4 === 0, 600), null);
});

test("the signal is back with the first thing that is delivered, and is then missed after twice the time", () => {
  const detector = new SignalDetector();
  assert.equal(missedAfter(detector, () => false, 60), 5);
  assert.equal(detector.hasSignal(true, 6 * SECOND), true);
  assert.equal(missedAfter(detector, () => false, 60, 7), 10);
  assert.equal(detector.hasSignal(true, 20 * SECOND), true);
  assert.equal(missedAfter(detector, () => false, 60, 21), 20);
});

test("time that was not observed does not count", () => {
  const detector = new SignalDetector();
  detector.hasSignal(false, 0);
  detector.pause();
  assert.equal(detector.hasSignal(false, 60 * SECOND), true);
});

/** A picture whose pixels have the brightness that `brightness` gives for their place. */
const picture = (brightness) => Uint8ClampedArray.from({ length: 4 * 576 }, (_, index) => (index % 4 === 3 ? 255 : brightness(index >> 2)));
const pictures = [
  ["a closed shutter", () => 0, true],
  ["black as video has it", () => 16, true],
  ["the noise of a covered camera", (place) => (place * 7) % 12, true],
  ["a dark room with a face in the light of the screen", (place) => (place > 250 && place < 300 ? 40 : 6), false],
  ["a dark room with a lamp", (place) => (place === 100 ? 90 : 2), false],
  ["a grey wall", () => 60, false],
  ["a bright window", () => 255, false],
];

for (const [what, brightness, expected] of pictures) {
  test(`${what} is ${expected ? "" : "not "}black`, () => {
    assert.equal(isBlack(picture(brightness)), expected);
  });
}

test("a picture in one colour is not black", () => {
  assert.equal(isBlack([0, 0, 90, 255]), false);
});
