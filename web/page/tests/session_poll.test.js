// How often the session is read, and what the answers lead to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { SEAT_IS_LOST } from "../problem_codes.js";
import { pollInterval, pollIntervalAfterwards, SessionPoll } from "../session_poll.js";
import { FakeServer, passTime, problem, settle, useServer, useVirtualTime, view } from "./fake_kit.js";

const INTERVAL_MS = 3_000;

function createPoll(t, answers, interval = () => INTERVAL_MS) {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer(answers));
  const seen = [];
  const life = new AbortController();
  const handlers = { interval, onView: ({ version }) => seen.push(version), onSeatLost: ({ code }) => seen.push(code) };
  const poll = new SessionPoll(handlers, life.signal);
  t.after(() => poll.stop());
  return { endLife: () => life.abort(), poll, seen, server };
}

test("the server is read often while alone, reconnecting or until it knows that both are in the room, else rarely", () => {
  assert.equal(pollInterval("together", true, true), 20_000);
  assert.equal(pollInterval("together", true, false), 3_000);
  assert.equal(pollInterval("together", false, true), 3_000);
  assert.equal(pollInterval("waiting", true, true), 3_000);
});

test("once the meeting is over the server is read while leaving can be undone, then only while something may change", () => {
  const at = (second) => Date.parse("2026-03-02T12:00:00Z") + second * 1_000;
  const left = view({ state: "after", requeued: null, times: { undo_until: "2026-03-02T12:00:10Z" } });
  const ended = (requeued) => view({ state: "ended", requeued, times: { undo_until: null } });
  assert.deepEqual([0, 9.999, 10].map((second) => pollIntervalAfterwards(left, at(second))), [3_000, 3_000, null]);
  assert.deepEqual(["waiting", "matched", "left", "expired", null].map((state) => pollIntervalAfterwards(ended(state), at(0))), [20_000, null, null, null, null]);
  const takenBack = view({ state: "meeting", requeued: null, times: { undo_until: null } });
  assert.equal(pollIntervalAfterwards(takenBack, at(0)), 20_000);
});

test("a read is followed by the next one after the interval", async (t) => {
  const { poll, seen } = createPoll(t, [view({ version: 1 }), view({ version: 2 })]);
  poll.readNow();
  await settle();
  assert.deepEqual(seen, [1]);
  await passTime(t, INTERVAL_MS - 1);
  assert.deepEqual(seen, [1]);
  await passTime(t, 1);
  assert.deepEqual(seen, [1, 2]);
});

test("without an interval nothing is read any more", async (t) => {
  const { poll, server } = createPoll(t, [view()], () => null);
  poll.readLater();
  await passTime(t, 60_000, 1_000);
  poll.readNow();
  await passTime(t, 60_000, 1_000);
  assert.equal(server.requests.length, 1);
});

const STOPS = { stop: ({ poll }) => poll.stop(), "the end of its screen": (scene) => scene.endLife() };

for (const [what, end] of Object.entries(STOPS)) {
  test(`nothing is read after ${what}, not even on demand`, async (t) => {
    const scene = createPoll(t, []);
    scene.poll.readLater();
    end(scene);
    await passTime(t, 10 * INTERVAL_MS, 1_000);
    scene.poll.readNow();
    scene.poll.readLater();
    await passTime(t, 10 * INTERVAL_MS, 1_000);
    assert.deepEqual(scene.server.requests, []);
  });
}

test("a read on demand or at another time replaces the planned one", async (t) => {
  const { poll, server } = createPoll(t, []);
  poll.readLater();
  poll.readLater(1_000);
  await passTime(t, 1_000);
  assert.equal(server.requests.length, 1);
  await passTime(t, 2_000);
  poll.readNow();
  await passTime(t, 2_000);
  assert.equal(server.requests.length, 2);
});

test("the planned read is skipped while another one waits for its answer", async (t) => {
  const { poll, server } = createPoll(t, [new Promise(() => {})]);
  poll.readLater();
  poll.readNow();
  await passTime(t, INTERVAL_MS);
  assert.equal(server.requests.length, 1);
});

test("reading continues after a server error", async (t) => {
  const { poll, seen } = createPoll(t, ["unreachable", problem("store_unavailable"), view()]);
  poll.readNow();
  await passTime(t, 2 * INTERVAL_MS);
  assert.deepEqual(seen, [1]);
});

for (const code of SEAT_IS_LOST) {
  test(`${code} is reported once and ends the reading`, async (t) => {
    const { poll, seen, server } = createPoll(t, [problem(code)]);
    poll.readNow();
    await passTime(t, 10 * INTERVAL_MS, 1_000);
    assert.deepEqual([seen, server.requests.length], [[code], 1]);
  });
}

for (const answer of [view(), problem("no_session")]) {
  test(`an answer that comes after stop is ignored: ${answer.problem?.code ?? "a view"}`, async (t) => {
    let send;
    const { poll, seen, server } = createPoll(t, [new Promise((resolve) => (send = resolve))]);
    poll.readNow();
    poll.stop();
    send(answer);
    await passTime(t, 10 * INTERVAL_MS, 1_000);
    assert.deepEqual([seen, server.requests.length], [[], 1]);
  });
}
