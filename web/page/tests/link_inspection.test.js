// What is asked about a link before it is redeemed.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { INSPECT_EVERY_MS, requireUsableLink, watchLink } from "../link_inspection.js";
import { LINK_IS_DEAD } from "../problem_codes.js";
import { loadTabState, saveTabState } from "../storage.js";
import { FakeStorage } from "./fake_browser.js";
import { FakeServer, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";

const KEEPS = { keeps_cookies: true };
const KEEPS_NONE = { keeps_cookies: false };

beforeEach(() => {
  globalThis.sessionStorage = new FakeStorage();
  saveTabState({ token: "TOKEN", attempt: "ATTEMPT" });
});

test("a browser that comes with a cookie is asked once, by a request that redeems nothing", async (t) => {
  const server = useServer(t, new FakeServer([KEEPS]));
  await requireUsableLink();
  const [{ method, path, body }] = server.requests;
  assert.deepEqual([method, path, body], ["POST", "/invitation/inspect", { token: "TOKEN", attempt: "ATTEMPT" }]);
  assert.deepEqual([server.requests.length, loadTabState().keepsCookies], [1, true]);
});

test("a browser without a cookie is asked again, because the first answer brought one", async (t) => {
  const server = useServer(t, new FakeServer([KEEPS_NONE, KEEPS]));
  await requireUsableLink();
  assert.deepEqual([server.requests.length, loadTabState().keepsCookies], [2, true]);
});

test("a browser that still has none keeps none", async (t) => {
  useServer(t, new FakeServer([KEEPS_NONE, KEEPS_NONE]));
  await assert.rejects(requireUsableLink(), { code: "no_cookies" });
  assert.equal(loadTabState().keepsCookies, undefined);
});

for (const code of LINK_IS_DEAD) {
  test(`a link is told to be dead: ${code}`, async (t) => {
    useServer(t, new FakeServer([problem(code)]));
    await assert.rejects(requireUsableLink(), { code });
  });
}

const OTHERS = ["unreachable", "garbled", "foreign", problem("slow_down"), problem("internal"), problem("store_unavailable"), problem("not_found")];
for (const answer of OTHERS) {
  test(`what need not be the link's fault is left to redeeming: ${answer.code ?? answer}`, async (t) => {
    useServer(t, new FakeServer([answer]));
    await requireUsableLink();
    assert.equal(loadTabState().keepsCookies, undefined);
  });
}

test("an answer that does not tell says nothing about the cookies", async (t) => {
  useServer(t, new FakeServer([{}, {}]));
  await requireUsableLink();
  assert.equal(loadTabState().keepsCookies, undefined);
});

test("a link that dies while the student prepares is noticed", async (t) => {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer([KEEPS, "unreachable", problem("match_over")]));
  let found;
  watchLink(new AbortController().signal).catch((error) => (found = error.code));
  await passTime(t, 2 * INSPECT_EVERY_MS - 1, 1_000);
  assert.deepEqual([server.requests.length, found], [2, undefined]);
  await passTime(t, 1);
  assert.deepEqual([server.requests.length, found], [3, "match_over"]);
});

test("nothing is asked any more once the student has pressed Join", async (t) => {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer([KEEPS]));
  const watching = new AbortController();
  watchLink(watching.signal);
  await settle();
  watching.abort();
  await passTime(t, 5 * INSPECT_EVERY_MS, 1_000);
  assert.equal(server.requests.length, 1);
});
