// What the middle of the room shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { askAgainAfter, isOver, stageOf } from "../stage.js";

const NOON = Date.parse("2026-03-02T12:00:00Z");

function view(partner = {}, times = {}, state = "inviting") {
  return { state, partner: { name: "Mara", present: false, came: false, left: false, ...partner }, times: { another_at: "2026-03-02T12:07:00Z", met_at: null, ...times } };
}

const minutes = (count) => NOON + count * 60_000;

test("a partner whom LiveKit sees is there, whatever the server said last", () => {
  assert.equal(stageOf(view({ left: true }), true, minutes(9), false), "together");
});

test("somebody else can be asked for at seven minutes sharp, and not a moment before", () => {
  assert.equal(stageOf(view(), false, minutes(7) - 1, false), "waiting");
  assert.equal(stageOf(view(), false, minutes(7), false), "may-choose");
});

test("who chose to wait is not asked again", () => {
  assert.equal(stageOf(view(), false, minutes(9), true), "waiting");
});

test("a partner who was in and is not has left the room; one who left for good is gone", () => {
  assert.equal(stageOf(view({ came: true }), false, minutes(1), false), "left");
  assert.equal(stageOf(view({ came: true, left: true }), false, minutes(1), false), "gone");
});

test("an ended match and one's own leaving are over", () => {
  assert.deepEqual(["inviting", "meeting", "after", "ended"].map((state) => isOver(view({}, {}, state))), [false, false, true, true]);
});

test("the server is asked often while alone, reconnecting or not yet told that both are in, else seldom", () => {
  assert.equal(askAgainAfter("together", true, true), 20_000);
  assert.equal(askAgainAfter("together", true, false), 3_000);
  assert.equal(askAgainAfter("together", false, true), 3_000);
  assert.equal(askAgainAfter("waiting", true, true), 3_000);
});
