// A report on its way: it survives a reload, is sent until our server has it, and can be taken back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, NOW, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { deliverBeforeNextSeat, keepReport, keptReport, ReportDelivery } = await import("../report_delivery.js");
const { loadTabState, saveTabState } = await import("../storage.js");

const SEAT = "seat-1";
const UNDO_MS = 30_000;
const FILED = { number: 27, read_by: "operator", now: "2026-03-02T11:00:00Z", undo_until: "2026-03-02T11:00:30Z" }; // an hour behind this browser

/** A tab that keeps a report; `answers` are our server's. `load` reads it as after the start of the page. */
function openTab(t, answers) {
  useVirtualTime(t);
  const window = new EventTarget();
  const life = new AbortController();
  Object.assign(globalThis, { sessionStorage: new FakeStorage(), addEventListener: window.addEventListener.bind(window) });
  t.after(() => (life.abort(), delete globalThis.addEventListener));
  saveTabState({ seat: SEAT });
  keepReport("room");
  const server = useServer(t, new FakeServer(answers));
  const load = () => new ReportDelivery(life.signal);
  const sent = () => server.requests.map(({ path, body }) => [path, body]);
  return { server, window, life, load, sent };
}

test("a report is kept before anything is sent, and says for which seat it speaks", async (t) => {
  const { server, load } = openTab(t, [FILED]);
  assert.deepEqual(keptReport(), { seat: SEAT, place: "room", content: {}, isSent: false });
  saveTabState({ seat: "seat-2" });
  const delivery = load();
  await settle();
  const [{ method, path, body, headers, keepalive }] = server.requests;
  assert.deepEqual([method, path, body, headers["X-Seat"], keepalive], ["POST", "/report", {}, SEAT, true]);
  assert.equal(delivery.state, "sent");
  assert.deepEqual(keptReport(), { seat: SEAT, place: "room", content: {}, isSent: true, number: 27, readBy: "operator", undoUntil: NOW + UNDO_MS });
});

for (const failure of ["unreachable", "garbled", "foreign", problem("store_unavailable"), problem("internal"), problem("slow_down")]) {
  test(`it is sent again until our server has it, and then no more: ${failure.problem?.code ?? failure}`, async (t) => {
    const { server, load } = openTab(t, [failure, failure, failure, FILED]);
    const delivery = load();
    await settle();
    assert.deepEqual([delivery.state, keptReport().isSent], ["waiting", false]);
    await passTime(t, 60_000, 500);
    assert.deepEqual([delivery.state, server.requests.length], ["sent", 4]);
  });
}

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

for (const code of ["session_ended", "no_session", "other_seat", "session_replaced", "report_closed"]) {
  test(`a report that is refused for good is not sent again: ${code}`, async (t) => {
    const { server, load } = openTab(t, [problem(code)]);
    const delivery = load();
    await passTime(t, 60_000, 1_000);
    assert.deepEqual([delivery.state, server.requests.length], ["refused", 1]);
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
  assert.deepEqual([delivery.state, keptReport()], ["undone", null]);
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

test("before another link of this browser is redeemed, the report is delivered for its own seat", async (t) => {
  const { server } = openTab(t, ["unreachable", FILED]);
  saveTabState({ seat: undefined });
  await assert.rejects(deliverBeforeNextSeat(), { code: "offline" });
  assert.equal(keptReport().seat, SEAT);
  await deliverBeforeNextSeat();
  assert.deepEqual([server.requests.map(({ headers }) => headers["X-Seat"]), keptReport()], [[SEAT, SEAT], null]);
});

test("a report that our server has is not sent again before another link, and one that it refuses is only tried", async (t) => {
  const { server } = openTab(t, [problem("session_ended")]);
  saveTabState({ report: { ...keptReport(), isSent: true } });
  await deliverBeforeNextSeat();
  assert.deepEqual([server.requests.length, loadTabState().report], [0, undefined]);
  keepReport("over");
  await deliverBeforeNextSeat();
  assert.deepEqual([server.requests.length, loadTabState().report], [1, undefined]);
});
