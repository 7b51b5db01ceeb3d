// The over screen: what can be undone, and what happens elsewhere while it is shown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, NOW, passTime, problem, settle, useServer, useVirtualTime, view } from "./fake_kit.js";

globalThis.document = new FakePage();
const { showJustLeft, showOver } = await import("../over_screen.js");
const { keptReport } = await import("../report_delivery.js");
const { saveTabState } = await import("../storage.js");
const { durationText } = await import("../time.js");
const { fillPlaceholders, page } = await import("../words.js");

const at = (second) => new Date(NOW + second * 1_000).toISOString();
const TIMES = { now: at(0), met_at: null, parted_at: null, left_at: null, ended_at: null, undo_until: null };
const UNDO_S = 10;

/** A view of this student's seat in a match. */
function seen({ times = {}, ...changes } = {}) {
  const about = { ended_as: null, requeued: null, me: { name: "Noor", came: true }, length: 50, undo_seconds: UNDO_S, empty_minutes: 5, chat_url: "https://chat.test/1" };
  return view({ ...about, ...changes, times: { ...TIMES, ...times } });
}

/** The student has left `second` seconds after NOW, and it is that time. */
const left = (second = 0) => seen({ state: "after", times: { now: at(second), left_at: at(0), undo_until: at(UNDO_S) } });
const inside = () => seen({ state: "inviting" });
const declined = (requeued) => seen({ state: "ended", ended_as: "declined", requeued, times: { ended_at: at(0) } });

/** Show the screen; `answers` are our server's. */
async function open(t, show, shown, answers = []) {
  useVirtualTime(t);
  const server = useServer(t, new FakeServer(answers));
  const scene = { server, isBack: false };
  show(shown).then(() => (scene.isBack = true));
  const { screen } = document;
  const strip = screen.querySelector("[data-undo]");
  scene.undo = screen.querySelector("[data-undo-button]");
  scene.goBack = screen.querySelector("[data-back]");
  scene.lead = () => screen.querySelector("[data-lead]").textContent;
  scene.heading = () => screen.querySelector("h1").textContent;
  scene.strip = () => (strip.hidden ? null : [screen.querySelector("[data-undo-text]").textContent, !scene.undo.hidden]);
  await settle();
  return scene;
}

const mayUndoFor = (seconds) => [fillPlaceholders(page.over.left, { time: durationText(seconds * 1_000, "en") }), true];
const CAN_UNDO = mayUndoFor(UNDO_S);
const TOO_LATE = [page.over.too_late, false];

test("leaving that is undone elsewhere leads back into the room, at the student's click", async (t) => {
  const scene = await open(t, showOver, left(), [left(3), inside()]);
  assert.deepEqual([scene.strip(), scene.goBack.hidden], [CAN_UNDO, true]);
  await passTime(t, 3_000);
  assert.equal(scene.goBack.hidden, true);
  await passTime(t, 3_500);
  assert.deepEqual([scene.heading(), scene.lead(), scene.strip()], [page.over.title_undone, page.over.undone, null]);
  assert.deepEqual([scene.goBack.hidden, scene.isBack, document.announced], [false, false, page.over.undone]);
  document.screen.querySelector("[data-back-button]").onclick();
  await settle();
  const count = scene.server.requests.length;
  await passTime(t, 60_000, 1_000);
  assert.deepEqual([scene.isBack, scene.server.requests.length], [true, count]);
});

test("leaving that is undone at the last moment is noticed, and after that nobody asks any more", async (t) => {
  const scene = await open(t, showOver, left(), [left(3), left(6), left(9), left(12)]);
  await passTime(t, 120_000, 1_000);
  assert.equal(scene.server.requests.length, 4);
  assert.equal(scene.isBack, false);
});

test("so is leaving that is undone elsewhere just before", async (t) => {
  const scene = await open(t, showOver, left(9.9), [inside()]);
  await passTime(t, 4_000);
  assert.equal(scene.goBack.hidden, false);
});

test("Undo goes at its time, without an answer from our server", async (t) => {
  const scene = await open(t, showOver, left(), ["unreachable", "unreachable", "unreachable"]);
  await passTime(t, UNDO_S * 1_000 - 1);
  assert.deepEqual(scene.strip(), CAN_UNDO);
  assert.match(document.announced, new RegExp(CAN_UNDO[0]));
  await passTime(t, 1);
  await passTime(t, 100);
  assert.equal(document.announced, "", "what is over is not there to be read");
  assert.equal(scene.strip(), null);
});

test("the time for which leaving can be undone is the rest of it after a reload, and is not counted down aloud", async (t) => {
  const scene = await open(t, showOver, left(6), Array(9).fill(left(9)));
  assert.deepEqual(scene.strip(), mayUndoFor(UNDO_S - 6));
  await passTime(t, 3_500);
  assert.deepEqual(scene.strip(), mayUndoFor(UNDO_S - 6));
});

test("Undo goes when a new search has made it impossible", async (t) => {
  const searching = seen({ state: "after", times: { now: at(3), left_at: at(0), undo_until: null } });
  const scene = await open(t, showOver, left(), [searching]);
  await passTime(t, 3_100);
  assert.deepEqual([scene.strip(), scene.heading()], [null, page.over.title_left]);
  assert.equal(document.announced, "");
});

test("Undo leads back", async (t) => {
  const scene = await open(t, showOver, left(), [inside()]);
  scene.undo.onclick();
  await settle();
  assert.deepEqual([scene.isBack, scene.server.requests[0].path], [true, "/session/undo"]);
});

for (const code of ["match_over", "session_ended", "session_replaced", "not_allowed"]) {
  test(`an Undo that is refused for good says so, to everybody: ${code}`, async (t) => {
    const scene = await open(t, showOver, left(), Array(2).fill(problem(code)));
    scene.undo.onclick();
    await passTime(t, 100);
    assert.deepEqual([scene.strip(), scene.isBack], [TOO_LATE, false]);
    assert.equal(document.announced, page.over.too_late);
    await passTime(t, 60_000, 1_000);
    assert.deepEqual(scene.strip(), TOO_LATE);
  });
}

test("an Undo that is refused because the match has ended shows how it ended, and follows what comes of it", async (t) => {
  const answers = [problem("match_over"), declined("waiting"), declined("matched")];
  const scene = await open(t, showOver, left(), answers);
  scene.undo.onclick();
  await passTime(t, 100);
  assert.deepEqual([scene.heading(), scene.lead(), scene.strip()], [page.over.title_declined, page.over.requeued, TOO_LATE]);
  assert.equal(document.announced, `${page.over.too_late} ${page.over.requeued}`);
  await passTime(t, 20_000, 1_000);
  assert.equal(scene.lead(), page.over.matched_again);
});

test("an Undo that is refused while the session says that they are back in leads back", async (t) => {
  const scene = await open(t, showOver, left(), [problem("match_over"), inside()]);
  scene.undo.onclick();
  await settle();
  assert.equal(scene.isBack, true);
});

test("an Undo that does not get through can be tried again, until it is too late", async (t) => {
  const scene = await open(t, showOver, left(), Array(9).fill("unreachable"));
  for (let attempt = 0; attempt < 2; attempt += 1) {
    scene.undo.onclick();
    await passTime(t, 100);
    assert.deepEqual([scene.strip(), document.announced], [[page.over.undo_failed, true], page.over.undo_failed]);
    document.querySelector("#announce").textContent = "";
  }
  await passTime(t, UNDO_S * 1_000);
  assert.deepEqual(scene.strip(), TOO_LATE);
});

test("an Undo that was pressed in time stays in sight until it is answered", async (t) => {
  let answer;
  const scene = await open(t, showOver, left(UNDO_S - 1), [new Promise((resolve) => (answer = resolve))]);
  scene.undo.onclick();
  await passTime(t, 2_000);
  assert.deepEqual([scene.strip(), scene.undo.getAttribute("aria-busy")], [mayUndoFor(1), "true"]);
  answer(inside());
  await settle();
  assert.equal(scene.isBack, true);
});

test("an Undo that got through while its answer was lost leads back as well", async (t) => {
  const scene = await open(t, showOver, left(), ["unreachable", inside()]);
  scene.undo.onclick();
  await passTime(t, 3_000);
  assert.deepEqual([scene.goBack.hidden, scene.strip()], [false, null]);
});

test("whoever cannot undo is offered nothing, and our server is not asked", async (t) => {
  const blocker = seen({ state: "after", times: { left_at: at(0), undo_until: null } });
  for (const shown of [blocker, declined(null), declined("left"), declined("matched")]) {
    const scene = await open(t, showOver, shown);
    await passTime(t, 60_000, 1_000);
    assert.deepEqual([scene.strip(), scene.server.requests], [null, []]);
    t.mock.timers.reset();
  }
});

const ENDS_OF_SEARCH = {
  "somebody else was found": [declined("matched"), page.over.matched_again, page.over.open_chat],
  "the student stopped it": [declined("left"), page.over.never_met, page.over.next],
  "its time was over": [declined("expired"), page.over.never_met, page.over.next],
  "the session can no longer be read": [problem("session_ended"), page.over.never_met, page.over.next],
};

for (const [what, [answer, lead, next]] of Object.entries(ENDS_OF_SEARCH)) {
  test(`the page stops saying that the student is first in line when ${what}`, async (t) => {
    const scene = await open(t, showOver, declined("waiting"), [declined("waiting"), answer]);
    await passTime(t, 30_000, 1_000);
    assert.equal(scene.lead(), page.over.requeued);
    await passTime(t, 11_000, 1_000);
    const nextText = document.screen.querySelector("[data-next-text]").textContent;
    assert.deepEqual([scene.lead(), nextText, document.announced], [lead, next, lead]);
    await passTime(t, 120_000, 1_000);
    assert.equal(scene.server.requests.length, 2, "and nobody asks any more");
  });
}

test("leaving is shown at once, and told until our server knows", async (t) => {
  const scene = await open(t, showJustLeft, inside(), ["unreachable", inside(), "empty", left(3), left(6)]);
  assert.deepEqual([scene.heading(), scene.strip()], [page.over.title_left, CAN_UNDO]);
  await passTime(t, 6_000);
  assert.deepEqual(scene.server.requests.map(({ method }) => method), ["DELETE", "GET", "DELETE", "GET", "GET"]);
  assert.deepEqual([scene.heading(), scene.goBack.hidden], [page.over.title_left, true]);
});

test("leaving a test cannot be undone, so that is never offered", async (t) => {
  const trial = seen({ trial: true, state: "inviting" });
  const scene = await open(t, showJustLeft, trial, ["empty", seen({ trial: true, state: "after", times: { left_at: at(0), undo_until: null } })]);
  assert.deepEqual([scene.heading(), scene.strip()], [page.over.title_left, null]);
  await passTime(t, 3_000);
  assert.equal(scene.strip(), null);
});

test("leaving is told again though the match has changed: the page hung up, a reminder went out, or the partner came", async (t) => {
  const changed = seen({ state: "inviting", version: 2 });
  const scene = await open(t, showJustLeft, inside(), ["unreachable", changed, "unreachable", changed, "empty", ...Array(9).fill(left(9))]);
  await passTime(t, 9_000);
  assert.deepEqual(scene.server.requests.map(({ method }) => method).slice(0, 6), ["DELETE", "GET", "DELETE", "GET", "DELETE", "GET"]);
  assert.deepEqual([scene.heading(), scene.goBack.hidden], [page.over.title_left, true]);
});

test("Undo waits until our server knows of the leave", async (t) => {
  let answerLeave;
  const scene = await open(t, showJustLeft, inside(), [new Promise((resolve) => (answerLeave = resolve)), inside()]);
  scene.undo.onclick();
  await passTime(t, 500);
  assert.equal(scene.server.requests.length, 1);
  answerLeave("empty");
  await settle();
  assert.equal(scene.isBack, true);
});

test("while Undo is on its way, a lost request to leave is not repeated", async (t) => {
  let answerRead;
  const read = new Promise((resolve) => (answerRead = resolve));
  const scene = await open(t, showJustLeft, inside(), ["unreachable", read, new Promise(() => {})]);
  await passTime(t, 10);
  scene.undo.onclick();
  await settle();
  answerRead(inside());
  await passTime(t, 1_000);
  assert.deepEqual(scene.server.requests.map(({ method }) => method), ["DELETE", "GET", "POST"]);
});

test("whoever undid leaving in Discord is not put out again by a page that never got the answer to its request", async (t) => {
  let answerLeave;
  const lost = new Promise((resolve) => (answerLeave = resolve));
  const back = seen({ state: "inviting", version: 3 }); // leaving and undoing made one each
  const scene = await open(t, showJustLeft, inside(), [lost, back, "empty", left(20)]);
  await passTime(t, 9_000); // meanwhile the student presses Undo in Discord
  answerLeave("unreachable"); // the request times out after 15 seconds at the latest
  await passTime(t, 3_500);
  assert.deepEqual(scene.server.requests.filter(({ method }) => method === "DELETE").length, 1);
  assert.equal(scene.goBack.hidden, false);
});

test("while the request to leave is on its way, nobody asks for a state that it is about to change", async (t) => {
  let answerLeave;
  const scene = await open(t, showJustLeft, inside(), [new Promise((resolve) => (answerLeave = resolve)), left(9)]);
  await passTime(t, 9_000);
  assert.equal(scene.server.requests.length, 1);
  answerLeave("empty");
  await passTime(t, 100);
  assert.deepEqual(scene.server.requests.map(({ method }) => method), ["DELETE", "GET"]);
});

const FILED = { number: 3, now: at(0), undo_until: at(30) };
const studied = () => seen({ state: "ended", ended_as: "done", times: { met_at: at(-60), ended_at: at(0) } });

/** The tab of a seat, and the window that tells of the network. */
function useTab(t) {
  const window = new EventTarget();
  Object.assign(globalThis, { sessionStorage: new FakeStorage(), addEventListener: window.addEventListener.bind(window) });
  t.after(() => (delete globalThis.addEventListener, delete globalThis.sessionStorage));
  saveTabState({ seat: "seat-1" });
}

test("one press of Report files it, and there is no way back", async (t) => {
  useTab(t);
  const scene = await open(t, showOver, studied(), [FILED]);
  document.screen.querySelector("[data-report]").onclick();
  await passTime(t, 60_000, 1_000);
  assert.deepEqual(scene.server.requests.map(({ path, body }) => [path, body]), [["/report", {}]]);
  assert.deepEqual([document.body.dataset.state, keptReport().place, scene.isBack], ["report", "over", false]);
});

test("a leave that our server does not know of is not needed after a report", async (t) => {
  useTab(t);
  const met = seen({ state: "meeting", times: { met_at: at(-60) } });
  const scene = await open(t, showJustLeft, met, ["unreachable", "unreachable", FILED]);
  document.screen.querySelector("[data-report]").onclick();
  await passTime(t, 60_000, 1_000);
  assert.equal(scene.server.requests.filter(({ method }) => method === "DELETE").length, 1);
  assert.equal(scene.server.requests.at(-1).path, "/report");
});

test("an Undo that is answered after Report was pressed leads nowhere", async (t) => {
  useTab(t);
  let answer;
  const met = seen({ state: "after", times: { met_at: at(-60), left_at: at(0), undo_until: at(UNDO_S) } });
  const scene = await open(t, showOver, met, [new Promise((resolve) => (answer = resolve)), FILED]);
  scene.undo.onclick();
  await settle();
  document.screen.querySelector("[data-report]").onclick();
  answer(inside());
  await passTime(t, 1_000);
  assert.deepEqual([scene.isBack, document.body.dataset.state], [false, "report"]);
});

test("Report is offered only where the two have met, and not to who is back in", async (t) => {
  const isOffered = () => !document.screen.querySelector("[data-report-row]").hidden;
  await open(t, showOver, studied());
  assert.equal(isOffered(), true);
  t.mock.timers.reset();
  for (const shown of [declined(null), { ...studied(), trial: true }]) {
    await open(t, showOver, shown);
    assert.equal(isOffered(), false);
    t.mock.timers.reset();
  }
  await open(t, showOver, seen({ state: "meeting", times: { met_at: at(-60) } }));
  assert.equal(isOffered(), false);
});
