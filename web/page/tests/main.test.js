// The page from its start: what happens on one screen does not go on behind the next.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, passTime, problem, useServer, useVirtualTime, view } from "./fake_kit.js";

const LONG_MS = 60_000;

/** Open the page in a tab with a session; `answers` are our server's. */
async function openPage(t, answers) {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer(answers));
  const window = new EventTarget();
  Object.assign(globalThis, {
    document: new FakePage(),
    sessionStorage: new FakeStorage(),
    localStorage: new FakeStorage(),
    location: { hash: "", pathname: "/room" },
    addEventListener: window.addEventListener.bind(window),
    HTMLMediaElement: class {},
    MutationObserver: class {
      observe() {}
    },
  });
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: {} });
  const { page } = await import("../words.js");
  await import(`../main.js?${t.name}`);
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
