// How long to wait between attempts to rejoin a room.

import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { rejoinDelayS, resumeDelayMs } from "../retry_delays.js";

test("attempts to rejoin slow down, to at most ten seconds apart", () => {
  assert.deepEqual([1, 2, 3, 4, 5, 9].map(rejoinDelayS), [1, 2, 4, 8, 10, 10]);
});

test("delays before resuming vary by half, and end after the fifth attempt", () => {
  const random = mock.method(Math, "random", () => 0);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(resumeDelayMs), [0, 150, 600, 1_350, 2_400, null]);
  random.mock.mockImplementation(() => 1);
  assert.deepEqual([0, 1, 2, 3, 4, 5].map(resumeDelayMs), [0, 450, 1_800, 4_050, 7_200, null]);
  random.mock.restore();
});
