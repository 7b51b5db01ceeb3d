// The report screen: what it says of the report, help before anything else where it is needed, and Undo.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, FakeStorage } from "./fake_browser.js";
import { FakeServer, passTime, problem, settle, useServer, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { keepReport, keptReport } = await import("../report_delivery.js");
const { showReport } = await import("../report_screen.js");
const { saveTabState } = await import("../storage.js");
const { durationText } = await import("../time.js");
const { fillPlaceholders, page } = await import("../words.js");

const FILED = { number: 27, read_by: "admins", now: "2026-03-02T12:00:00Z", undo_until: "2026-03-02T12:00:30Z" };
const UNDO_S = 30;
const mayUndoFor = (seconds) => fillPlaceholders(page.over.left, { time: durationText(seconds * 1_000, "en") });
const readers = page.report.readers.admins;
const SENT = fillPlaceholders(page.report.state.sent, { readers });
const THANKS = fillPlaceholders(page.report.thanks, { readers, number: 27 });

/** Show the screen after *Leave and report*; `answers` are our server's. */
async function open(t, answers, place = "room") {
  useVirtualTime(t);
  const window = new EventTarget();
  Object.assign(globalThis, { sessionStorage: new FakeStorage(), addEventListener: window.addEventListener.bind(window) });
  t.after(() => delete globalThis.addEventListener);
  const server = useServer(t, new FakeServer(answers));
  saveTabState({ seat: "seat-1", longestReport: 1_000, chat: "https://chat.test/1" });
  keepReport(place);
  showReport();
  const { screen } = document;
  const find = (selector) => screen.querySelector(selector);
  const scene = { server, find, window };
  scene.undo = find("[data-undo-button]");
  scene.says = () => [find("h1").textContent, find("[data-lead]").textContent];
  scene.mayUndo = () => (scene.undo.hidden ? null : find("[data-undo-text]").textContent);
  scene.hasForm = () => !find("[data-form]").hidden && !find("[data-form-words]").hidden && !find("[data-send]").hidden;
  scene.choose = (value) => find("[data-reasons]").onchange({ target: { value } });
  scene.write = (text) => {
    find("[data-words]").value = text;
    find("[data-words]").oninput();
  };
  scene.send = async () => (find("[data-send]").onclick(), passTime(t, 100));
  for (const hidden of ["[data-help]", "[data-threatened]"]) find(hidden).hidden = true; // as in the document
  await passTime(t, 100);
  return scene;
}

test("while our server is asked the screen says so, and then that the two stay apart", async (t) => {
  let answer;
  const scene = await open(t, [new Promise((resolve) => (answer = resolve))]);
  assert.equal(document.body.dataset.state, "report");
  assert.deepEqual(scene.says(), [page.report.title.room, page.report.state.sending]);
  answer(FILED);
  await passTime(t, 100);
  assert.deepEqual([scene.says()[1], scene.hasForm()], [SENT, true]);
  assert.equal(document.announced, `${SENT} ${mayUndoFor(UNDO_S)}`);
});

test("whoever reports staff reads that others read it", async (t) => {
  const scene = await open(t, [{ ...FILED, read_by: "operator" }]);
  assert.equal(scene.says()[1], fillPlaceholders(page.report.state.sent, { readers: page.report.readers.operator }));
});

test("where nobody can read the report, the screen says so, and shows Discord's own way beside the help", async (t) => {
  const scene = await open(t, [{ ...FILED, read_by: "nobody" }, { ...FILED, read_by: "nobody" }]);
  assert.deepEqual([scene.says()[1], scene.find("[data-help]").hidden], [page.report.nobody.sent, false]);
  await scene.send();
  assert.equal(scene.says()[1], fillPlaceholders(page.report.nobody.thanks, { number: 27 }));
});

test("from the over screen there is nobody to get away from, so the heading is another", async (t) => {
  const scene = await open(t, [FILED], "over");
  assert.equal(scene.says()[0], page.report.title.over);
});

test("a report that does not get through says so, to everybody, and can be taken back without a limit", async (t) => {
  const scene = await open(t, Array(9).fill("unreachable"));
  assert.deepEqual([scene.says()[1], document.announced, scene.mayUndo()], [page.report.state.waiting, page.report.state.waiting, ""]);
  await passTime(t, UNDO_S * 1_000, 1_000);
  assert.equal(scene.mayUndo(), "");
});

test("reason and words go together, once, and the answer has the number", async (t) => {
  const scene = await open(t, [FILED, FILED]);
  scene.choose("hate");
  scene.write("  Called me names.  ");
  assert.equal(scene.find("[data-count]").textContent, "20 of 1000 characters");
  await scene.send();
  assert.deepEqual(scene.server.requests.map(({ body }) => body), [{}, { reason: "hate", words: "Called me names." }]);
  assert.deepEqual([scene.says()[1], scene.hasForm(), scene.find("[data-add]").hidden], [THANKS, false, false]);
  assert.equal(document.announced, THANKS);
});

test("nothing has to be said", async (t) => {
  const scene = await open(t, [FILED, FILED]);
  await scene.send();
  assert.deepEqual([scene.server.requests.at(-1).body, scene.says()[1]], [{}, THANKS]);
});

test("more can be said afterwards, and what was said before is not sent again", async (t) => {
  const scene = await open(t, [FILED, FILED, FILED]);
  scene.write("First.");
  await scene.send();
  scene.find("[data-add]").onclick();
  assert.deepEqual([scene.hasForm(), document.activeElement, scene.find("[data-words]").value], [true, scene.find("[data-words]"), ""]);
  scene.write("Second.");
  await scene.send();
  assert.deepEqual(scene.server.requests.map(({ body }) => body.words), [undefined, "First.", "Second."]);
});

test("what does not get through stays, and nothing can be written over it", async (t) => {
  const scene = await open(t, [FILED, "unreachable", FILED]);
  scene.write("Only once.");
  await scene.send();
  assert.deepEqual([scene.hasForm(), scene.find("[data-add]").hidden, scene.says()[1]], [false, true, page.report.state.waiting]);
  assert.equal(keptReport().content.words, "Only once.");
  await passTime(t, 5_000);
  assert.deepEqual([scene.says()[1], scene.server.requests.length], [THANKS, 3]);
});

test("whoever was recorded or threatened gets help before anything else, without a request", async (t) => {
  const scene = await open(t, [FILED]);
  document.querySelector("#announce").textContent = "";
  scene.choose("recorded");
  await passTime(t, 100);
  assert.deepEqual([scene.find("[data-help]").hidden, scene.find("[data-threatened]").hidden], [false, false]);
  assert.equal(document.announced, `${page.help.threatened_title}. ${page.help.threatened}`);
  scene.choose("hate");
  assert.deepEqual([scene.find("[data-help]").hidden, scene.find("[data-threatened]").hidden], [true, true], "what was chosen in passing leaves nothing");
  scene.find("[data-get-help]").onclick();
  scene.choose("recorded");
  scene.choose("hate");
  assert.deepEqual([scene.find("[data-help]").hidden, scene.find("[data-threatened]").hidden], [false, true]);
  assert.equal(scene.server.requests.length, 1);
});

test("Get help opens the help and takes the focus there, and closes it", async (t) => {
  const scene = await open(t, Array(3).fill("unreachable"));
  const button = scene.find("[data-get-help]");
  button.onclick();
  assert.deepEqual([scene.find("[data-help]").hidden, document.activeElement], [false, scene.find("[data-help]").querySelector("[data-help-title]")]);
  assert.equal(button.getAttribute("aria-expanded"), "true");
  button.onclick();
  assert.deepEqual([scene.find("[data-help]").hidden, button.getAttribute("aria-expanded")], [true, "false"]);
});

test("Undo takes block and report back, and leads nowhere", async (t) => {
  const scene = await open(t, [FILED, {}]);
  assert.equal(scene.mayUndo(), mayUndoFor(UNDO_S));
  scene.undo.onclick();
  await passTime(t, 100);
  assert.deepEqual(scene.says(), [page.report.title_undone, page.report.state.undone]);
  assert.deepEqual([scene.mayUndo(), scene.hasForm(), document.body.dataset.state, keptReport()], [null, false, "report", null]);
});

test("Undo goes after half a minute, and is not counted down aloud", async (t) => {
  const scene = await open(t, [FILED]);
  await passTime(t, UNDO_S * 1_000 - 200);
  assert.equal(scene.mayUndo(), mayUndoFor(UNDO_S));
  await passTime(t, 200);
  assert.equal(scene.mayUndo(), null);
});

test("how long it can still be undone is told with the next news", async (t) => {
  const scene = await open(t, [FILED, { ...FILED, now: "2026-03-02T12:00:10Z" }]);
  await passTime(t, 9_900);
  await scene.send();
  assert.equal(scene.mayUndo(), mayUndoFor(UNDO_S - 10));
  assert.equal(document.announced, `${THANKS} ${mayUndoFor(UNDO_S - 10)}`);
});

for (const [answer, text, isLast] of [["unreachable", page.over.undo_failed, false], [problem("too_late"), page.over.too_late, true]]) {
  test(`an Undo in vain says so, every time: ${answer.problem?.code ?? answer}`, async (t) => {
    const scene = await open(t, [FILED, answer, answer]);
    for (let time = 0; time < 2; time += 1) {
      scene.undo.onclick();
      await passTime(t, 100);
      assert.deepEqual([document.announced, scene.find("[data-undo-text]").textContent], [text, text]);
      document.querySelector("#announce").textContent = "";
    }
    assert.deepEqual([scene.undo.hidden, keptReport().isSent], [isLast, true]);
  });
}

test("a page that can send no more says where the report can be made", async (t) => {
  const scene = await open(t, [problem("session_ended")]);
  assert.deepEqual([scene.says()[1], scene.hasForm(), scene.mayUndo()], [page.report.state.refused, false, null]);
});
