// Reports that other tabs have left: any page sends them, each for its own seat, and none twice at the same time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, NOW, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { saveTabState } = await import("../storage.js");
const { keepReport, ReportDelivery } = await import("../report_delivery.js");
const { alone, forgetWaiting, keepWaiting, sendWaitingReports, waitingReports } = await import("../waiting_reports.js");

const DAY_MS = 86_400_000;
const FILED = { number: 27, read_by: "admins", now: "2026-03-02T12:00:00Z", undo_until: "2026-03-02T12:00:30Z" };
const ONE = { seat: "seat-1", token: "seat-1.token", content: { reason: "hate", words: "They shouted." } };
const OTHER = { seat: "seat-2", token: "seat-2.token", content: {} };

/** The browser's locks, as the Web Locks API has them. */
class FakeLocks {
  #queues = new Map();

  request(name, action) {
    const turn = (this.#queues.get(name) ?? Promise.resolve()).then(action);
    this.#queues.set(name, turn.catch(() => {}));
    return turn;
  }
}

/** A browser in which these reports wait; its only open tab has `seat`, and `answers` are our server's. */
function openBrowser(t, reports, answers, { seat = "seat-9", locks } = {}) {
  useVirtualTime(t);
  const window = new EventTarget();
  Object.assign(globalThis, {
    sessionStorage: new FakeStorage(),
    localStorage: new FakeStorage(),
    addEventListener: window.addEventListener.bind(window),
  });
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { locks } });
  t.after(() => delete globalThis.addEventListener);
  saveTabState({ seat, reportToken: `${seat}.token`, reportDays: 14 });
  for (const report of reports) keepWaiting(report, 14);
  const server = useServer(t, new FakeServer(answers));
  const sent = () => server.requests.map(({ path, body, headers, keepalive }) => [path, body, headers["X-Seat"], keepalive]);
  return { server, window, sent };
}

test("a page sends what was left by others, each with the token of its seat, and forgets what our server has", async (t) => {
  const { sent } = openBrowser(t, [ONE, OTHER], [FILED, FILED]);
  sendWaitingReports();
  await passTime(t, 60_000, 1_000);
  assert.deepEqual(sent(), [
    ["/report", { token: ONE.token, ...ONE.content }, "seat-1", true],
    ["/report", { token: OTHER.token }, "seat-2", true],
  ]);
  assert.deepEqual([waitingReports(), localStorage.getItem("hey-buddy-reports")], [[], null]);
});

for (const failure of ["unreachable", "garbled", problem("store_unavailable"), problem("slow_down", { retry_after: 5 })]) {
  test(`it tries again until our server has it: ${failure.problem?.code ?? failure}`, async (t) => {
    const { server } = openBrowser(t, [ONE], [failure, failure, FILED]);
    sendWaitingReports();
    await passTime(t, 19_000, 1_000);
    assert.deepEqual([server.requests.length, waitingReports().length], [2, 1]);
    await passTime(t, 20_000, 1_000);
    assert.deepEqual([server.requests.length, waitingReports()], [3, []]);
  });
}

test("a network that is back is not waited for, nor is what another tab leaves later", async (t) => {
  const { server, window } = openBrowser(t, [ONE], ["unreachable", FILED, FILED]);
  sendWaitingReports();
  await settle();
  window.dispatchEvent(new Event("online"));
  await settle();
  assert.deepEqual([server.requests.length, waitingReports()], [2, []]);
  keepWaiting(OTHER, 14);
  await passTime(t, 10_000, 1_000);
  assert.deepEqual([server.requests.length, waitingReports()], [3, []]);
});

for (const code of ["report_closed", "report_expired", "report_token_unknown"]) {
  test(`what our server will never take is forgotten: ${code}`, async (t) => {
    const { server } = openBrowser(t, [ONE], [problem(code)]);
    sendWaitingReports();
    await passTime(t, 60_000, 1_000);
    assert.deepEqual([server.requests.length, waitingReports()], [1, []]);
  });
}

test("what it does not understand is kept for another page, and not sent by this one again", async (t) => {
  const { server } = openBrowser(t, [ONE], [problem("bad_request"), FILED]);
  sendWaitingReports();
  await passTime(t, 60_000, 1_000);
  assert.deepEqual([server.requests.length, waitingReports().length], [1, 1]);
  sendWaitingReports();
  await settle();
  assert.deepEqual([server.requests.length, waitingReports()], [2, []]);
});

test("it is kept for as many days as our server takes it, counted from the first", async (t) => {
  const { server } = openBrowser(t, [ONE], []);
  t.mock.timers.setTime(NOW + 13 * DAY_MS);
  keepWaiting({ ...ONE, content: { words: "More." } }, 14);
  assert.deepEqual(waitingReports(), [{ ...ONE, content: { words: "More." }, until: NOW + 14 * DAY_MS }]);
  t.mock.timers.setTime(NOW + 14 * DAY_MS);
  sendWaitingReports();
  await settle();
  assert.deepEqual([server.requests.length, waitingReports(), localStorage.getItem("hey-buddy-reports")], [0, [], null]);
});

test("this tab's own report is left to its screen", async (t) => {
  const { server } = openBrowser(t, [], ["unreachable"]);
  keepReport("room");
  sendWaitingReports();
  await passTime(t, 30_000, 1_000);
  assert.deepEqual([server.requests.length, waitingReports().length], [0, 1]);
});

test("what is added while it is on its way is sent as well", async (t) => {
  let answer;
  const { server } = openBrowser(t, [ONE], [new Promise((resolve) => (answer = resolve)), FILED]);
  sendWaitingReports();
  await settle();
  keepWaiting({ ...ONE, content: { words: "More." } }, 14);
  answer(FILED);
  await passTime(t, 10_000, 1_000);
  assert.deepEqual([server.requests.map(({ body }) => body.words), waitingReports()], [["They shouted.", "More."], []]);
});

test("of two tabs only one sends it", async (t) => {
  const { server } = openBrowser(t, [ONE], [FILED, FILED], { locks: new FakeLocks() });
  sendWaitingReports();
  sendWaitingReports();
  await passTime(t, 30_000, 1_000);
  assert.equal(server.requests.length, 1);
});

test("a report that its tab takes back is not brought back by another that was just sending it", async (t) => {
  let answer;
  const locks = new FakeLocks();
  const { sent } = openBrowser(t, [], ["unreachable", new Promise((resolve) => (answer = resolve)), {}], { locks });
  keepReport("room");
  const delivery = new ReportDelivery(new AbortController().signal);
  await settle();
  const own = sessionStorage;
  globalThis.sessionStorage = new FakeStorage(); // the other tab
  sendWaitingReports();
  await settle();
  globalThis.sessionStorage = own;
  const undone = delivery.undo();
  await settle();
  assert.equal(sent().length, 2, "Undo waits for the other tab's request");
  answer("unreachable");
  await undone;
  globalThis.sessionStorage = new FakeStorage();
  await passTime(t, 60_000, 1_000);
  assert.deepEqual([sent().map(([path]) => path), waitingReports()], [["/report", "/report", "/report/undo"], []]);
});

test("without locks, which insecure addresses lack, it goes on all the same", async (t) => {
  openBrowser(t, [ONE], []);
  assert.equal(await alone("seat-1", async () => 7), 7);
  forgetWaiting("seat-2");
  assert.equal(waitingReports().length, 1);
});
