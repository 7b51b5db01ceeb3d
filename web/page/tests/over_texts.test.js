// What the over screen says is true for this student, however the match ended.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { overTexts } from "../over_texts.js";

const words = JSON.parse(readFileSync(new URL("../../../bot/words/en.json", import.meta.url), "utf8"));
const at = (minute, second = 0) => new Date(Date.parse("2026-03-02T12:00:00Z") + (minute * 60 + second) * 1000).toISOString();
const MET = { met_at: at(0), meeting_counts_at: at(1), ends_at: at(50) };

/** [state, reason, whether the student was in the room, times, what became of the search that followed] → [title, lead, button] */
const ENDINGS = {
  "the time is up": [["ended", "done", true, { ...MET, parted_at: at(60), ended_at: at(60) }], ["title_done", "studied", "next"]],
  "both went early": [["ended", "done", true, { ...MET, parted_at: at(20), ended_at: at(25) }], ["title_ended", "studied_early", "next"]],
  "I left": [["after", null, true, { ...MET, parted_at: at(20), left_at: at(20) }], ["title_left", "studied", "next"]],
  "we were hardly together": [["ended", "done", true, { ...MET, parted_at: at(0, 20), ended_at: at(30) }], ["title_ended", "briefly", "next"]],
  "I left before we met": [["after", null, true, { left_at: at(3) }], ["title_left", "never_met", "next"]],
  "I left, and the match has ended since": [["after", "declined", true, { left_at: at(3), ended_at: at(4) }], ["title_left", "never_met", "next"]],
  "the partner declined": [["ended", "declined", false, { ended_at: at(4) }, "waiting"], ["title_declined", "requeued", "open_chat"]],
  "the partner declined, and somebody else was found": [["ended", "declined", false, { ended_at: at(4) }, "matched"], ["title_declined", "matched_again", "open_chat"]],
  "the partner declined, and I stopped looking": [["ended", "declined", false, { ended_at: at(4) }, "left"], ["title_declined", "never_met", "next"]],
  "the partner declined, and nobody else came": [["ended", "declined", false, { ended_at: at(4) }, "expired"], ["title_declined", "never_met", "next"]],
  "the partner declined, and nobody is looked for": [["ended", "declined", false, { ended_at: at(4) }], ["title_declined", "never_met", "next"]],
  "I asked for somebody else where the bot is gone": [["ended", "replaced", true, { ended_at: at(8) }], ["title_replaced", "never_met", "next"]],
  "we missed each other": [["ended", "no_show", true, { ended_at: at(15) }], ["title_no_show", "no_show", "next"]],
  "I asked for somebody else": [["ended", "replaced", true, { ended_at: at(8) }, "waiting"], ["title_replaced", "requeued", "open_chat"]],
  "the partner asked for somebody else": [["ended", "replaced", false, { ended_at: at(8) }], ["title_closed", "never_met", "next"]],
};

for (const [what, [[state, ended_as, came, times, requeued = null], expected]] of Object.entries(ENDINGS)) {
  test(`when ${what}: ${expected.join(", ")}`, () => {
    const { title, lead, next } = overTexts({ state, ended_as, requeued, me: { name: "Noor", came }, times });
    assert.deepEqual([title, lead, next], expected);
    for (const key of expected) assert.ok(words.page.over[key], key);
  });
}

/** [state, times] → [title, lead, button] */
const TRIALS = {
  "an admin has met themselves": [["ended", { ...MET, parted_at: at(2), ended_at: at(10) }], ["title_trial", "trial_met", "open_chat"]],
  "one of an admin's devices did not come": [["ended", { ended_at: at(10) }], ["title_trial", "trial_missed", "open_chat"]],
  "an admin has left with one device": [["after", { ...MET, parted_at: at(2), left_at: at(2) }], ["title_left", "trial_met", "open_chat"]],
};

for (const [what, [[state, times], expected]] of Object.entries(TRIALS)) {
  test(`when ${what}: ${expected.join(", ")}`, () => {
    const view = { trial: true, state, ended_as: "done", requeued: null, me: { name: "Test device 1", came: true }, times };
    const { title, lead, next } = overTexts(view);
    assert.deepEqual([title, lead, next], expected);
    for (const key of expected) assert.ok(words.page.over[key], key);
  });
}

test("the two studied until they parted, not until the room closed", () => {
  const times = { ...MET, parted_at: at(20), ended_at: at(25) };
  assert.equal(overTexts({ state: "ended", ended_as: "done", requeued: null, me: { name: "Noor", came: true }, times }).end, at(20));
});
