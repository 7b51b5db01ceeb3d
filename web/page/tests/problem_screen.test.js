// What the problem screen offers: a way on from every problem.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.js";
import { FakePage, FakeStorage, useNavigator } from "./fake_browser.js";
import { FakeServer, passTime, useServer, useVirtualTime } from "./fake_kit.js";

const window = new EventTarget();
Object.assign(globalThis, {
  document: new FakePage(),
  sessionStorage: new FakeStorage(),
  addEventListener: window.addEventListener.bind(window),
});
const { showProblem } = await import("../problem_screen.js");
const { saveTabState } = await import("../storage.js");
const { page } = await import("../words.js");

const SENT = { title: "Title", detail: "Detail", next: "Next" };
const CHAT = "https://chat.test/1";
const FILED = { number: 27, read_by: "admins", now: "2026-03-02T12:00:00Z", undo_until: "2026-03-02T12:00:30Z" };

/** The buttons and links on the screen of a problem, in a tab that has redeemed a link. */
function buttonsFor(t, code) {
  useVirtualTime(t);
  saveTabState({ chat: CHAT, spent: "token" });
  showProblem(new Problem(code, code in page.problem.own ? {} : SENT), async () => {});
  const { children } = document.screen.querySelector("[data-buttons]");
  return children.map(({ textContent, href }) => (href ? [textContent, href] : textContent));
}

const OFFERS = {
  another_tab: [page.problem.use_this],
  no_cookies: [page.obstacle.copy, page.problem.reload],
  cookie_lost: [page.problem.new_link],
  bad_request: [page.problem.reload],
  link_unknown: [[page.over.open_chat, CHAT]],
  cross_site: [[page.over.open_chat, CHAT]],
  not_found: [[page.over.open_chat, CHAT]],
  removed: [[page.over.open_chat, CHAT]],
  not_allowed: [[page.over.open_chat, CHAT]],
  match_over: [[page.problem.find_next, CHAT]],
  session_ended: [[page.problem.find_next, CHAT]],
  displaced: [page.problem.use_this],
  link_expired: [page.problem.new_link],
  session_replaced: [page.problem.new_link],
};

for (const [code, offers] of Object.entries(OFFERS)) {
  test(`${code}: ${offers.flat()[0]}`, (t) => assert.deepEqual(buttonsFor(t, code), offers));
}

for (const code of ["other_seat", "session_replaced", "session_ended", "no_session", "cookie_lost", "not_allowed", "other_pool", "match_over", "removed"]) {
  test(`whoever has lost the session can still report: ${code}`, async (t) => {
    Object.assign(globalThis, { sessionStorage: new FakeStorage(), localStorage: new FakeStorage() });
    assert.equal(buttonsFor(t, code).includes(page.over.report), false, "without a token, as in a test");
    t.mock.timers.reset();
    saveTabState({ seat: "seat-1", reportToken: "seat-1.token", reportDays: 14 });
    assert.equal(buttonsFor(t, code).at(-1), page.over.report);
    const server = useServer(t, new FakeServer([FILED]));
    document.screen.querySelector("[data-buttons]").children.at(-1).onclick();
    await passTime(t, 1_000);
    assert.deepEqual([document.body.dataset.state, server.requests.length, server.requests[0].body], ["report", 1, { token: "seat-1.token" }]);
  });
}

test("a problem on the way in, or that passes, has nothing to report", (t) => {
  Object.assign(globalThis, { sessionStorage: new FakeStorage(), localStorage: new FakeStorage() });
  saveTabState({ seat: "seat-1", reportToken: "seat-1.token", reportDays: 14 });
  for (const code of ["offline", "video_unreachable", "store_unavailable", "link_used", "another_tab", "bad_request"]) {
    assert.equal(buttonsFor(t, code).includes(page.over.report), false, code);
    t.mock.timers.reset();
  }
});

test("every problem has a button, in a tab that knows nothing but what our server says as well", (t) => {
  const codes = [...Object.keys(document.problems), ...Object.keys(page.problem.own)];
  for (const code of codes) {
    useVirtualTime(t);
    globalThis.sessionStorage = new FakeStorage();
    const isOurs = !(code in page.problem.own);
    saveTabState(isOurs ? {} : { chat: CHAT, spent: "token" });
    showProblem(new Problem(code, isOurs ? { ...SENT, chat_url: CHAT } : {}), async () => {});
    const { children } = document.screen.querySelector("[data-buttons]");
    const isRetrying = document.screen.querySelector("[data-retry]").hidden === false;
    assert.ok(children.length || isRetrying, code);
    t.mock.timers.reset();
  }
  assert.ok(codes.length > 30);
});

test("the channel of the tab's own server comes before a way back that fits everybody", (t) => {
  useVirtualTime(t);
  saveTabState({ chat: CHAT });
  showProblem(new Problem("match_over", { ...SENT, chat_url: "https://chat.test/@me" }), async () => {});
  assert.equal(document.screen.querySelector("[data-buttons]").children[0].href, CHAT);
});

test("a new link that our server could not be asked for is not promised to be tried again", async (t) => {
  useVirtualTime(t);
  saveTabState({ spent: "token" });
  const { navigator } = globalThis;
  t.after(() => useNavigator(navigator));
  useServer(t, new FakeServer(["unreachable", "unreachable"]));
  showProblem(new Problem("link_expired", SENT), async () => {});
  for (const onLine of [true, false]) {
    useNavigator({ onLine });
    await document.screen.querySelector("[data-buttons]").children[0].onclick();
    assert.equal(document.screen.querySelector("[data-feedback]").textContent, page.problem.new_link_failed);
  }
});

test("a device without a network goes on as soon as it is back", async (t) => {
  useVirtualTime(t);
  const tries = [];
  showProblem(new Problem("no_internet"), () => (tries.push(Date.now()), Promise.reject(new Problem("offline"))));
  const title = () => document.screen.querySelector("h1").textContent;
  assert.equal(title(), page.problem.own.no_internet.title);
  window.dispatchEvent(new Event("online"));
  await passTime(t, 100);
  assert.deepEqual([tries.length, title()], [1, page.problem.own.offline.title]);
});

test("a link that was never redeemed here leads to Discord as well, if our server knows where", (t) => {
  for (const [code, label] of [["match_over", page.problem.find_next], ["not_allowed", page.over.open_chat]]) {
    useVirtualTime(t);
    globalThis.sessionStorage = new FakeStorage();
    showProblem(new Problem(code, { ...SENT, chat_url: CHAT }), async () => {});
    const [{ textContent, href }] = document.screen.querySelector("[data-buttons]").children;
    assert.deepEqual([textContent, href], [label, CHAT]);
    t.mock.timers.reset();
  }
});

test("who was taken out of the room does not read that they cannot join", () => {
  const { title, detail } = page.problem.own.removed;
  assert.doesNotMatch(`${title} ${detail}`, /join/i);
});

test("it says only once that a new link comes on Discord", (t) => {
  for (const code of ["link_expired", "link_used", "link_replaced", "session_replaced", "room_full", "other_seat", "cookie_lost"]) {
    t.mock.timers.reset();
    buttonsFor(t, code);
    const texts = [...Object.values(document.problems[code] ?? page.problem.own[code]), document.screen.querySelector("[data-feedback]").textContent];
    assert.equal(texts.filter((text) => /on Discord/.test(text)).length, 1, code);
  }
});

test("a press on Try now is answered, by a word too: that it tries, and that it has failed", async (t) => {
  useVirtualTime(t);
  const late = () => new Promise((_, reject) => setTimeout(reject, 2_000, new Problem("offline")));
  showProblem(new Problem("offline"), late);
  document.screen.querySelector("[data-retry-now]").onclick();
  await passTime(t, 1_000);
  assert.equal(document.announced, page.problem.trying);
  await passTime(t, 2_000);
  assert.match(document.announced, /^Next try in/);
});

test("once a new link is on its way, the main button leads to Discord, and another can still be asked for", async (t) => {
  buttonsFor(t, "link_expired");
  useServer(t, new FakeServer(["unreachable", {}, {}]));
  const buttons = document.screen.querySelector("[data-buttons]");
  const [newLink] = buttons.children;
  const looks = [];
  for (let press = 0; press < 3; press += 1) {
    await newLink.onclick();
    looks.push(buttons.children.map(({ textContent, className }) => [textContent, className]));
  }
  const sent = [[page.problem.new_link, ""], [page.over.open_chat, "main"]];
  assert.deepEqual(looks, [[[page.problem.new_link, "main"]], sent, sent]);
});
