// A report on its way: it survives a reload, is sent until our server has it, and can be taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, NOW, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { keepReport, keptReport, ReportDelivery } = await import("../report_delivery.js");
const { saveTabState } = await import("../storage.js");
const { waitingReports } = await import("../waiting_reports.js");

const SEAT = "seat-1";
const TOKEN = "seat-1.token";
const DAYS = 14;
const UNDO_MS = 30_000;
const FILED = { number: 27, read_by: "operator", now: "2026-03-02T11:00:00Z", undo_until: "2026-03-02T11:00:30Z" }; // an hour behind this browser

/** A tab that keeps a report; `answers` are our server's. `load` reads it as after the start of the page. */
function openTab(t, answers) {
  useVirtualTime(t);
  const window = new EventTarget();
  const life = new AbortController();
  Object.assign(globalThis, {
    sessionStorage: new FakeStorage(),
    localStorage: new FakeStorage(),
    addEventListener: window.addEventListener.bind(window),
  });
  t.after(() => (life.abort(), delete globalThis.addEventListener));
  saveTabState({ seat: SEAT, reportToken: TOKEN, reportDays: DAYS });
  keepReport("room");
  const server = useServer(t, new FakeServer(answers));
  const load = () => new ReportDelivery(life.signal);
  /** Path and content of every request; each has the seat's token. */
  const sent = () =>
    server.requests.map(({ path, body: { token, ...content } }) => {
      assert.equal(token, TOKEN);
      return [path, content];
    });
  return { server, window, life, load, sent };
}

test("a report is kept before anything is sent, with the token of its seat, and the browser keeps it until our server has it", async (t) => {
  const { server, load } = openTab(t, [FILED]);
  assert.deepEqual(keptReport(), { seat: SEAT, token: TOKEN, place: "room", content: {}, isSent: false });
  assert.deepEqual(waitingReports(), [{ seat: SEAT, token: TOKEN, content: {}, until: NOW + DAYS * 86_400_000 }]);
  saveTabState({ seat: "seat-2", reportToken: "seat-2.token" });
  const delivery = load();
  await settle();
  const [{ method, path, body, headers, keepalive }] = server.requests;
  assert.deepEqual([method, path, body, headers["X-Seat"], keepalive], ["POST", "/report", { token: TOKEN }, SEAT, true]);
  assert.deepEqual([delivery.state, waitingReports()], ["sent", []]);
  assert.deepEqual(keptReport(), { seat: SEAT, token: TOKEN, place: "room", content: {}, isSent: true, number: 27, readBy: "operator", undoUntil: NOW + UNDO_MS });
});

for (const failure of ["unreachable", "garbled", "foreign", problem("store_unavailable"), problem("internal")]) {
  test(`it is sent again until our server has it, and then no more: ${failure.problem?.code ?? failure}`, async (t) => {
    const { server, load } = openTab(t, [failure, failure, failure, FILED]);
    const delivery = load();
    await settle();
    assert.deepEqual([delivery.state, keptReport().isSent, waitingReports().length], ["waiting", false, 1]);
    await passTime(t, 60_000, 500);
    assert.deepEqual([delivery.state, server.requests.length, waitingReports()], ["sent", 4, []]);
  });
}

test("a server that asks to wait is asked again when it says so", async (t) => {
  const { server, load } = openTab(t, [problem("slow_down", { retry_after: 40 }), FILED]);
  const delivery = load();
  await passTime(t, 39_000, 500);
  assert.deepEqual([delivery.state, server.requests.length, waitingReports().length], ["slowed", 1, 1]);
  await passTime(t, 1_000, 500);
  assert.deepEqual([delivery.state, server.requests.length], ["sent", 2]);
});

test("without a token the session speaks, and no other tab could send it", async (t) => {
  const { server } = openTab(t, [FILED]);
  saveTabState({ report: undefined, reportToken: null });
  localStorage.removeItem("hey-buddy-reports");
  keepReport("room");
  new ReportDelivery(new AbortController().signal);
  await settle();
  assert.deepEqual([server.requests[0].body, server.requests[0].headers["X-Seat"], waitingReports()], [{}, SEAT, []]);
});

test("a network that is back is not waited for", async (t) => {
  const { server, window, load } = openTab(t, [...Array(5).fill("unreachable"), FILED]);
  load();
  await passTime(t, 20_000, 500);
  const before = server.requests.length;
  window.dispatchEvent(new Event("online"));
  await settle();
  assert.deepEqual([server.requests.length, keptReport().isSent], [before + 1, true]);
});

test("a reload loses nothing that our server does not have yet, and does not repeat what it has", async (t) => {
  const { server, life, load, sent } = openTab(t, ["unreachable", FILED]);
  load().add({ reason: "hate", words: "They shouted." });
  life.abort();
  await settle();
  const again = new ReportDelivery(new AbortController().signal);
  await settle();
  assert.deepEqual([again.state, sent().at(-1)], ["sent", ["/report", { reason: "hate", words: "They shouted." }]]);
  const count = server.requests.length;
  assert.equal(new ReportDelivery(new AbortController().signal).state, "sent");
  await settle();
  assert.equal(server.requests.length, count);
});

test("what is added while the report is on its way follows it", async (t) => {
  let answer;
  const { load, sent } = openTab(t, [new Promise((resolve) => (answer = resolve)), FILED]);
  const delivery = load();
  await settle();
  delivery.add({ reason: "sexual" });
  answer(FILED);
  await passTime(t, 1_000);
  assert.deepEqual(sent(), [["/report", {}], ["/report", { reason: "sexual" }]]);
  assert.deepEqual([delivery.state, keptReport().content], ["sent", {}]);
});

for (const [code, kept] of [["report_closed", 0], ["report_expired", 0], ["report_token_unknown", 0], ["bad_request", 1], ["session_ended", 1]]) {
  test(`a report that is refused for good is not sent again, and kept only where another page may do better: ${code}`, async (t) => {
    const { server, load } = openTab(t, [problem(code)]);
    const delivery = load();
    await passTime(t, 60_000, 1_000);
    assert.deepEqual([delivery.state, server.requests.length, waitingReports().length], ["refused", 1, kept]);
  });
}

test("taking it back waits for the request that is on its way, and then nothing is sent any more", async (t) => {
  let answer;
  const { load, sent } = openTab(t, [new Promise((resolve) => (answer = resolve)), {}]);
  const delivery = load();
  const undone = delivery.undo();
  await settle();
  assert.deepEqual(sent().length, 1);
  answer("unreachable");
  await undone;
  await passTime(t, 60_000, 1_000);
  assert.deepEqual(sent(), [["/report", {}], ["/report/undo", {}]]);
  assert.deepEqual([delivery.state, keptReport(), waitingReports()], ["undone", null, []]);
});

test("while it is being taken back, the next attempt to send it waits", async (t) => {
  let answer;
  const { load, sent } = openTab(t, ["unreachable", new Promise((resolve) => (answer = resolve)), FILED]);
  const delivery = load();
  await settle();
  const undone = delivery.undo();
  await passTime(t, 5_000, 500);
  assert.deepEqual(sent().map(([path]) => path), ["/report", "/report/undo"]);
  answer({});
  await undone;
  await passTime(t, 20_000, 500);
  assert.equal(sent().length, 2);
});

test("a report that could not be taken back goes on", async (t) => {
  const { load, sent } = openTab(t, ["unreachable", "unreachable", FILED]);
  const delivery = load();
  await settle();
  await assert.rejects(delivery.undo(), { code: "offline" });
  await settle();
  assert.deepEqual(sent().map(([path]) => path), ["/report", "/report/undo", "/report"], "at once");
  assert.deepEqual([delivery.state, keptReport().isSent], ["sent", true]);
});
