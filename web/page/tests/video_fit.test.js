// Whether a video fills the stage or is shown whole.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fillsStage } from "../video_fit.js";

const HD = { width: 1280, height: 720 };
const PORTRAIT = { width: 720, height: 1280 };

const cases = [
  ["a video of the stage's shape", HD, { width: 640, height: 360 }, true],
  ["a wide video on a slightly taller stage", HD, { width: 800, height: 800 }, true],
  ["a portrait video on a wide stage", PORTRAIT, HD, false],
  ["a wide video on a phone held upright", HD, { width: 360, height: 400 }, true],
  ["a wide video on a very tall stage", HD, { width: 360, height: 800 }, false],
];

for (const [name, video, stage, expected] of cases) {
  test(`${name} ${expected ? "fills it" : "is shown whole"}`, () => assert.equal(fillsStage(video, stage), expected));
}
