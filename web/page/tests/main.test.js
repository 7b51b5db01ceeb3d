// The page from its start: what happens on one screen does not go on behind the next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LINK_IS_DEAD } from "../problem_codes.js";
import { FakeMediaDevices, FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, passTime, problem, useServer, useVirtualTime, view } from "./fake_kit.js";

const LONG_MS = 60_000;
let opened = 0;

const KEEPS = { keeps_cookies: true };
const KEEPS_NONE = { keeps_cookies: false };

/** Open the page in a tab with a session, or at the address of a link; `answers` are our server's, `kept` is what the tab remembers, `waiting` which reports the browser does. */
async function openPage(t, answers, { hash = "", pathname = "/room", kept = {}, waiting } = {}) {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer(answers));
  const window = new EventTarget();
  Object.assign(globalThis, {
    document: new FakePage(),
    sessionStorage: new FakeStorage(),
    localStorage: new FakeStorage(),
    location: { hash, pathname, origin: "https://study.test" },
    history: { state: null, replaceState: (_state, _title, path) => Object.assign(location, { pathname: path, hash: "" }) },
    isSecureContext: true,
    RTCPeerConnection: class {},
    Audio: class {},
    addEventListener: window.addEventListener.bind(window),
    HTMLMediaElement: class {},
    MutationObserver: class {
      observe() {}
    },
  });
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: { mediaDevices: new FakeMediaDevices() } });
  sessionStorage.setItem("hey-buddy", JSON.stringify(kept));
  if (waiting) localStorage.setItem("hey-buddy-reports", JSON.stringify(waiting));
  const { page } = await import("../words.js");
  await import(`../main.js?${t.name}${hash}${(opened += 1)}`);
  return { page, server };
}

test("a problem is not followed by advice for those who are still joining", async (t) => {
  const { page, server } = await openPage(t, [problem("no_session", { title: "No", detail: "session", next: "here" })]);
  await passTime(t, LONG_MS, 1_000);
  assert.equal(document.body.dataset.state, "problem");
  assert.equal(document.body.dataset.code, "no_session");
  assert.notEqual(page.entering.slow_title, "");
  assert.deepEqual([document.announced, server.requests.length], ["", 1]);
});

test("who was taken out of the room reads that after a reload as well", async (t) => {
  const me = { name: "Noor", came: true, removed: true };
  await openPage(t, [view({ state: "after", me, seat: "seat-1", chat_url: "https://chat.test/1" })]);
  await passTime(t, 1_000);
  assert.deepEqual([document.body.dataset.state, document.body.dataset.code], ["problem", "removed"]);
});

test("joining that takes long is announced, until there is an answer", async (t) => {
  let answer;
  const { page } = await openPage(t, [new Promise((resolve) => (answer = resolve))]);
  await passTime(t, 5_000, 1_000);
  assert.equal(document.body.dataset.state, "entering");
  assert.equal(document.announced, `${page.entering.slow_title}. ${page.entering.slow}`);
  const elapsed = document.screen.querySelector("[data-elapsed]");
  answer(problem("no_session", { title: "No", detail: "session", next: "here" }));
  const before = elapsed.textContent;
  await passTime(t, LONG_MS, 1_000);
  assert.deepEqual([document.body.dataset.state, document.announced], ["problem", ""]);
  assert.equal(elapsed.textContent, before, "the clock of a screen that is gone has stopped");
});

test("a network is not suspected while Discord is asked about the student", async (t) => {
  const matched = view({ me: { name: "Noor" }, why: "", seat: "seat-1", chat_url: "https://chat.test/1" });
  const { page } = await openPage(t, [matched, ...Array(20).fill(problem("checking_membership"))]);
  await passTime(t, 6_000);
  assert.equal(document.body.dataset.state, "entering");
  assert.equal(document.announced, `${page.entering.slow_title}. ${page.entering.slow_checking}`);
});

const LINK = { hash: "#TOKEN", pathname: "/j" };
const join = () => document.screen.querySelector("[data-join]").onclick();
const shown = () => [document.body.dataset.state, document.body.dataset.code].filter(Boolean).join(" ");

for (const code of LINK_IS_DEAD) {
  test(`a link that opens nothing says so at once, and is not redeemed: ${code}`, async (t) => {
    const { server } = await openPage(t, [problem(code, { title: "No", detail: "room", next: "here" })], LINK);
    await passTime(t, LONG_MS, 1_000);
    assert.equal(shown(), `problem ${code}`);
    assert.deepEqual(server.requests.map(({ path }) => path), ["/invitation/inspect"]);
    assert.deepEqual([location.pathname, location.hash], ["/j", ""]);
  });
}

test("a browser that keeps no cookies is told so, with the link to copy, and redeems nothing", async (t) => {
  const { page, server } = await openPage(t, [KEEPS_NONE, KEEPS_NONE], LINK);
  await passTime(t, LONG_MS, 1_000);
  assert.equal(shown(), "problem no_cookies");
  assert.deepEqual(server.requests.map(({ path }) => path), ["/invitation/inspect", "/invitation/inspect"]);
  const texts = document.screen.querySelector("[data-buttons]").children.map(({ textContent }) => textContent);
  assert.deepEqual(texts, [page.obstacle.copy, page.problem.reload]);
  assert.equal(document.screen.querySelector("[data-unused]").hidden, false);
});

test("Join waits for what our server says of the cookies", async (t) => {
  const late = () => new Promise((resolve) => setTimeout(resolve, 1_000, KEEPS_NONE));
  const { server } = await openPage(t, [late(), KEEPS_NONE, KEEPS_NONE, KEEPS_NONE], LINK);
  await passTime(t, 100);
  assert.equal(shown(), "ready");
  join();
  await passTime(t, 5_000, 100);
  assert.equal(shown(), "problem no_cookies");
  assert.deepEqual(server.requests.filter(({ path }) => path === "/session"), []);
});

for (const [what, answer, place] of [["are known to be kept", KEEPS, 1], ["cannot be asked for", "unreachable", 2]]) {
  test(`Join redeems where the cookies ${what}`, async (t) => {
    const { server } = await openPage(t, [answer, answer], LINK);
    await passTime(t, 100);
    assert.equal(shown(), "ready");
    join();
    await passTime(t, 100);
    const paths = server.requests.map(({ path }) => path);
    assert.equal(paths.indexOf("/session"), place, paths.join());
  });
}

const KEPT = { seat: "seat-1", report: { seat: "seat-1", place: "room", content: { reason: "hate" }, isSent: false } };
const FILED = { number: 3, now: "2026-03-02T12:00:00Z", undo_until: "2026-03-02T12:00:30Z" };

test("a reload while a report is on its way sends it, and never leads back into the room", async (t) => {
  const { server } = await openPage(t, ["unreachable", FILED], { kept: KEPT });
  await passTime(t, LONG_MS, 1_000);
  assert.deepEqual(server.requests.map(({ path, body }) => [path, body.reason]), [["/report", "hate"], ["/report", "hate"]]);
  assert.equal(document.body.dataset.state, "report");
});

const WAITING = { seat: "seat-1", token: "seat-1.token", content: { reason: "hate" }, until: Date.parse("2026-03-03T12:00:00Z") };

test("another link in the same tab leads to its seat, while the report of the last one is on its way", async (t) => {
  const { server } = await openPage(t, ["unreachable", KEEPS, FILED], { ...LINK, kept: KEPT, waiting: [WAITING] });
  await passTime(t, 11_000, 1_000);
  assert.deepEqual([document.body.dataset.state, localStorage.getItem("hey-buddy-reports")], ["ready", null]);
  const sent = server.requests.map(({ method, path, body }) => [`${method} ${path}`, body.token]);
  assert.deepEqual(sent, [["POST /report", "seat-1.token"], ["POST /invitation/inspect", "TOKEN"], ["POST /report", "seat-1.token"]]);
});
