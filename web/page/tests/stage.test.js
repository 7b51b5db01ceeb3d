// What the middle of the room shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { isOver, stageOf } from "../stage.js";
import { view } from "./fake_kit.js";

const afterMinutes = (count) => Date.parse("2026-03-02T12:00:00Z") + count * 60_000;

test("a partner whom LiveKit sees is there, even if the server has not noticed yet", () => {
  assert.equal(stageOf(view({ partner: { left: true } }), "in", afterMinutes(9), false), "together");
});

test("the choice to find somebody else appears at the server's time, not a millisecond earlier", () => {
  assert.equal(stageOf(view(), "out", afterMinutes(7) - 1, false), "waiting");
  assert.equal(stageOf(view(), "out", afterMinutes(7), false), "may-choose");
});

test("a student who chose to wait is not asked again, and keeps the choice", () => {
  assert.equal(stageOf(view(), "out", afterMinutes(9), true), "still-waiting");
  assert.equal(stageOf(view({ partner: { came: true } }), "out", afterMinutes(9), true), "waiting-again");
});

const MET = { met_at: "2026-03-02T12:00:00Z" };
const ABSENCES = [
  ["has just disappeared", "missing", { partner: { came: true } }, "interrupted"],
  ["was in and is not", "out", { partner: { came: true } }, "away"],
  ["met us and is not in", "out", { times: MET }, "away"],
  ["never came and gave up the seat", "out", { partner: { left: true } }, "declined"],
  ["is a device of an admin in a trial, and was closed", "out", { trial: true, partner: { left: true } }, "gone"],
  ["was in alone and gave up the seat", "out", { partner: { came: true, left: true } }, "declined"],
  ["gave up the seat during the meeting", "out", { partner: { came: true, left: true }, times: MET }, "gone"],
];

for (const [what, presence, changes, stage] of ABSENCES) {
  test(`a partner who ${what}: ${stage}`, () => {
    assert.equal(stageOf(view(changes), presence, afterMinutes(1), false), stage);
  });
}

test("an ended match and one's own leaving are over", () => {
  const states = ["inviting", "meeting", "after", "ended"];
  assert.deepEqual(states.map((state) => isOver(view({ state }))), [false, false, true, true]);
});
