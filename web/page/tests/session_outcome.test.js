// What the session says when a student may not enter the room or stay in it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.js";
import { MAY_MEAN_THE_END, MEETING_IS_OVER } from "../problem_codes.js";
import { explainProblem, outcomeOf } from "../session_outcome.js";
import { FakeServer, passTime, problem, useServer, useVirtualTime, view } from "./fake_kit.js";

const REMOVED = view({ state: "after", me: { name: "Noor", came: true, removed: true } });
const LIVE = view({ state: "meeting" });
const ENDS = {
  "the match has ended": view({ state: "ended", ended_as: "declined" }),
  "the student has left it elsewhere": view({ state: "after" }),
};
const CODES = [...MEETING_IS_OVER, ...MAY_MEAN_THE_END];

/** What holds after a problem with this code, in short. */
async function explain(t, code, answers) {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer(answers));
  let outcome;
  explainProblem(new Problem(code)).then((found) => (outcome = found));
  await passTime(t, 10_000, 1_000);
  return { outcome: "problem" in outcome ? outcome.problem.code : outcome, reads: server.requests.length };
}

for (const [what, shown] of Object.entries(ENDS)) {
  for (const code of CODES) {
    test(`when ${what}, that is shown, not a problem: ${code}`, async (t) => {
      assert.deepEqual(await explain(t, code, [shown]), { outcome: { over: shown }, reads: 1 });
    });
  }
}

for (const code of CODES) {
  test(`who was taken out reads that: ${code}`, async (t) => {
    assert.equal((await explain(t, code, [REMOVED])).outcome, "removed");
  });
}

for (const code of MEETING_IS_OVER) {
  test(`when leaving was undone meanwhile, the room is open: ${code}`, async (t) => {
    assert.deepEqual((await explain(t, code, [LIVE])).outcome, { live: LIVE });
  });

  test(`a session that cannot be read for a moment is read again: ${code}`, async (t) => {
    const ended = view({ state: "ended" });
    assert.deepEqual(await explain(t, code, ["unreachable", problem("internal"), ended]), { outcome: { over: ended }, reads: 3 });
  });

  test(`a session that cannot be read for long is a problem that goes away by trying again: ${code}`, async (t) => {
    assert.deepEqual(await explain(t, code, Array(9).fill("unreachable")), { outcome: "offline", reads: 3 });
  });

  for (const refusal of ["session_ended", "session_replaced", "no_session", "other_seat"]) {
    test(`when the session can no longer be read, the problem is shown: ${code}, ${refusal}`, async (t) => {
      assert.deepEqual(await explain(t, code, [problem(refusal)]), { outcome: code, reads: 1 });
    });
  }
}

for (const code of CODES) {
  test(`who is barred meanwhile reads that they were taken out: ${code}`, async (t) => {
    assert.deepEqual(await explain(t, code, [problem("not_allowed")]), { outcome: "removed", reads: 1 });
  });
}

for (const code of MAY_MEAN_THE_END) {
  for (const [what, answer] of Object.entries({ "goes on": LIVE, "cannot be read": "unreachable" })) {
    test(`a video service in trouble is the problem when the session ${what}: ${code}`, async (t) => {
      assert.deepEqual(await explain(t, code, [answer]), { outcome: code, reads: 1 });
    });
  }
}

test("our server is not asked about other problems", async (t) => {
  assert.deepEqual(await explain(t, "room_full", []), { outcome: "room_full", reads: 0 });
});

test("a view leads into the room until the meeting is over", () => {
  const states = ["inviting", "meeting", "after", "ended"].map((state) => view({ state }));
  assert.deepEqual(states.map((shown) => Object.keys(outcomeOf(shown))[0]), ["live", "live", "over", "over"]);
});

const DISPLACED = [
  ["this browser's session still holds: another tab", LIVE, "another_tab"],
  ["a newer link was redeemed elsewhere", problem("session_replaced"), "session_replaced"],
  ["somebody else's link was opened in this browser", problem("other_seat"), "other_seat"],
  ["our server cannot say", "unreachable", "displaced"],
  ["our server is in trouble", problem("internal"), "displaced"],
  ["the student was taken out", REMOVED, "removed"],
];

for (const [what, answer, code] of DISPLACED) {
  test(`whose page was displaced reads where, if that is known: ${what}`, async (t) => {
    assert.deepEqual(await explain(t, "displaced", [answer]), { outcome: code, reads: 1 });
  });
}

test("whose page was displaced when the meeting ended reads that", async (t) => {
  const ended = ENDS["the match has ended"];
  assert.deepEqual((await explain(t, "displaced", [ended])).outcome, { over: ended });
});
