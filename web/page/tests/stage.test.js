// What the middle of the room shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isOver, stageOf } from "../stage.js";
import { view } from "./fake_kit.js";

const afterMinutes = (count) => Date.parse("2026-03-02T12:00:00Z") + count * 60_000;

test("a partner whom LiveKit sees is there, even if the server has not noticed yet", () => {
  assert.equal(stageOf(view({ partner: { left: true } }), true, afterMinutes(9), false), "together");
});

test("the choice to find somebody else appears at the server's time, not a millisecond earlier", () => {
  assert.equal(stageOf(view(), false, afterMinutes(7) - 1, false), "waiting");
  assert.equal(stageOf(view(), false, afterMinutes(7), false), "may-choose");
});

test("a student who chose to wait is not asked again", () => {
  assert.equal(stageOf(view(), false, afterMinutes(9), true), "waiting");
  assert.equal(stageOf(view({ partner: { came: true } }), false, afterMinutes(9), true), "waiting-again");
});

test("a partner who was in and is not has left the room; one who gave up the seat is gone", () => {
  assert.equal(stageOf(view({ partner: { came: true } }), false, afterMinutes(1), false), "left");
  assert.equal(stageOf(view({ times: { met_at: "2026-03-02T12:00:00Z" } }), false, afterMinutes(1), false), "left");
  assert.equal(stageOf(view({ partner: { came: true, left: true } }), false, afterMinutes(1), false), "gone");
});

test("an ended match and one's own leaving are over", () => {
  const states = ["inviting", "meeting", "after", "ended"];
  assert.deepEqual(states.map((state) => isOver(view({ state }))), [false, false, true, true]);
});
