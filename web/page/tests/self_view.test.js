// The corner that the student's own picture moves to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { cornerAfterKey, nearestCorner } from "../self_view.js";

const STAGE = { left: 0, top: 0, width: 1000, height: 600 };
const boxAt = (left, top) => ({ left, top, width: 200, height: 130 });

const keys = [
  ["bottom-end", "ArrowUp", false, "top-end"],
  ["top-end", "ArrowDown", false, "bottom-end"],
  ["bottom-end", "ArrowLeft", false, "bottom-start"],
  ["bottom-start", "ArrowRight", false, "bottom-end"],
  ["bottom-end", "ArrowRight", true, "bottom-start"],
  ["bottom-start", "ArrowLeft", true, "bottom-end"],
  ["bottom-end", "Enter", false, null],
];

for (const [corner, key, isRtl, expected] of keys) {
  test(`${key} at ${corner}${isRtl ? ", right to left," : ""} leads to ${expected}`, () => {
    assert.equal(cornerAfterKey(corner, key, isRtl), expected);
  });
}

test("a dragged picture goes to the corner nearest to its middle", () => {
  assert.equal(nearestCorner(boxAt(10, 10), STAGE, false), "top-start");
  assert.equal(nearestCorner(boxAt(390, 240), STAGE, false), "bottom-start");
  assert.equal(nearestCorner(boxAt(400, 230), STAGE, false), "top-end");
  assert.equal(nearestCorner(boxAt(700, 400), STAGE, true), "bottom-start");
});
