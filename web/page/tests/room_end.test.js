// How a room ends for a student whose connection was ended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.js";
import { endOfRoom } from "../room_end.js";
import { FakeServer, problem, useServer, view } from "./fake_kit.js";

const ENDED = view({ state: "ended", ended_as: "done" });
const LEFT_ELSEWHERE = view({ state: "after" });

for (const [what, answer] of [["the match has ended", ENDED], ["the student has left it in Discord", LEFT_ELSEWHERE]]) {
  test(`when ${what}, that is shown, not a problem`, async (t) => {
    useServer(t, new FakeServer([answer]));
    assert.deepEqual(await endOfRoom(new Problem("match_over")), { over: answer });
  });
}

const STILL_PROBLEMS = {
  "the session can no longer be read": problem("session_ended"),
  "our server cannot be reached": "unreachable",
  "the match goes on": view({ state: "meeting" }),
};

for (const [what, answer] of Object.entries(STILL_PROBLEMS)) {
  test(`when ${what}, the problem is shown`, async (t) => {
    useServer(t, new FakeServer([answer]));
    const ended = new Problem("match_over");
    assert.deepEqual(await endOfRoom(ended), { problem: ended });
  });
}

test("who was let in and is not allowed any more does not read that they cannot join", async (t) => {
  const server = useServer(t, new FakeServer());
  const { problem: shown } = await endOfRoom(new Problem("not_allowed"));
  assert.deepEqual([shown.code, server.requests], ["removed", []]);
});

test("so does who was taken out, when that cannot be undone any more", async (t) => {
  useServer(t, new FakeServer([view({ state: "after", me: { name: "Noor", came: true, removed: true } })]));
  assert.equal((await endOfRoom(new Problem("match_over"))).problem?.code, "removed");
});

test("our server is not asked about other problems", async (t) => {
  const server = useServer(t, new FakeServer());
  const ended = new Problem("room_full");
  assert.deepEqual([await endOfRoom(ended), server.requests], [{ problem: ended }, []]);
});
