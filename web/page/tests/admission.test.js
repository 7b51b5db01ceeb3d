// Waiting for the way into the room while our server asks Discord about the student.

import assert from "node:assert/strict";
import { test } from "node:test";
import { awaitJoinGrant } from "../admission.js";
import { FakeServer, problem, useServer } from "./fake_kit.js";

const GRANT = { url: "wss://video.example", token: "T", expires_at: "2026-03-02T16:10:00.000Z" };
const CHECKING = problem("checking_membership", { retry_after: 1 });

/** Ask, and return the outcome, how often it was said that the server is checking, and the delays between the tries. */
async function ask() {
  let said = 0;
  const delays = [];
  const outcome = await awaitJoinGrant(() => (said += 1), async (delay) => void delays.push(delay)).catch((error) => error.code);
  return { outcome, said, delays };
}

test("a student of whom the server knows enters at once", async (t) => {
  useServer(t, new FakeServer([GRANT]));
  assert.deepEqual(await ask(), { outcome: GRANT, said: 0, delays: [] });
});

test("while the server is checking, the page says so and asks again, quickly at first", async (t) => {
  const server = useServer(t, new FakeServer([CHECKING, CHECKING, CHECKING, CHECKING, CHECKING, GRANT]));
  assert.deepEqual(await ask(), { outcome: GRANT, said: 5, delays: [250, 250, 500, 1_000, 1_000] });
  assert.equal(server.requests.length, 6);
});

for (const answer of ["not_allowed", "match_over", "slow_down"]) {
  test(`the page stops asking at ${answer}`, async (t) => {
    useServer(t, new FakeServer([CHECKING, problem(answer), GRANT]));
    assert.equal((await ask()).outcome, answer);
  });
}
