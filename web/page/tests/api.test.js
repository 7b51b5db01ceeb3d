// Requests to our server, and the problems they end with.

import assert from "node:assert/strict";
import { test } from "node:test";
import { leaveSession, Problem, readSession, redeemLink, requestJoinGrant } from "../api.js";
import { saveTabState } from "../storage.js";
import { FakeStorage, useNavigator } from "./fake_browser.js";
import { FakeServer, problem, useServer, view } from "./fake_kit.js";

test("a link is redeemed with its attempt, asking for the way into the room as well", async (t) => {
  const server = useServer(t, new FakeServer([view({ version: 7 })]));
  assert.equal((await redeemLink("TOKEN", "ATTEMPT")).version, 7);
  const [{ method, path, body, headers }] = server.requests;
  assert.deepEqual([method, path, body], ["POST", "/session", { token: "TOKEN", attempt: "ATTEMPT", enter: true }]);
  assert.deepEqual(headers, { "Content-Type": "application/json" });
});

test("requests name the tab's seat, so that a cookie of another seat is noticed", async (t) => {
  globalThis.sessionStorage = new FakeStorage();
  t.after(() => delete globalThis.sessionStorage);
  const server = useServer(t, new FakeServer([view()]));
  saveTabState({ seat: "S1" });
  await readSession();
  assert.deepEqual(server.requests[0].headers, { "X-Seat": "S1" });
});

test("leaving reaches the server even if the page closes, and has no answer", async (t) => {
  const server = useServer(t, new FakeServer(["empty"]));
  assert.equal(await leaveSession(), null);
  assert.deepEqual([server.requests[0].method, server.requests[0].keepalive], ["DELETE", true]);
});

test("a session that this tab had and its browser has not any more is no unknown one", async (t) => {
  globalThis.sessionStorage = new FakeStorage();
  t.after(() => delete globalThis.sessionStorage);
  useServer(t, new FakeServer([problem("no_session"), problem("no_session")]));
  await assert.rejects(readSession(), { code: "no_session" });
  saveTabState({ seat: "S1" });
  await assert.rejects(readSession(), { code: "cookie_lost" });
});

const EXPIRED = { title: "Expired", detail: "Links last 7 minutes.", next: "Take a new one." };
const failures = [
  ["a problem", problem("slow_down", { retry_after: 9 }), { code: "slow_down", retryAfter: 9 }],
  ["a cookie of another seat", problem("other_seat", { holder: "Mika" }), { code: "other_seat", holder: "Mika" }],
  ["an expired link", problem("link_expired", EXPIRED), { code: "link_expired", text: EXPIRED }],
  ["an error page of a proxy", "garbled", { code: "internal" }],
  ["a page of the network that has answered for our server", "foreign", { code: "offline", text: null }],
  ["a problem without a code", problem(undefined), { code: "internal" }],
  ["no answer", "unreachable", { code: "offline", text: null }],
];

for (const [name, answer, expected] of failures) {
  test(`${name} is ${expected.code}`, async (t) => {
    useServer(t, new FakeServer([answer]));
    await assert.rejects(requestJoinGrant(), expected);
  });
}

test("no answer to a browser that is not online is no_internet", async (t) => {
  const { navigator } = globalThis;
  useNavigator({ onLine: false });
  t.after(() => useNavigator(navigator));
  useServer(t, new FakeServer(["unreachable"]));
  await assert.rejects(requestJoinGrant(), { code: "no_internet", text: null });
});

test("an unexpected error becomes an internal problem, a problem stays what it is", () => {
  const known = new Problem("match_over");
  assert.equal(Problem.from(known), known);
  assert.equal(Problem.from(new TypeError("oops")).code, "internal");
});
