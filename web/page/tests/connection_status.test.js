// What is announced about the connection is so at that moment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage } from "./fake_browser.js";
import { passTime, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { ConnectionStatus } = await import("../connection_status.js");
const { showScreen } = await import("../dom.js");
const { HELD_FOR_MS } = await import("../partner_presence.js");
const { page } = await import("../words.js");

/** What is announced while the connection passes through `states`, for `eachMs` each, and whether a card said so meanwhile. */
async function pass(t, states, eachMs = HELD_FOR_MS + 1_000) {
  useVirtualTime(t);
  const root = showScreen("room");
  const connection = { state: "good", attempt: 1, nextTryAt: 0 };
  const status = new ConnectionStatus(root, connection, () => {});
  const heard = [];
  let isCardShown = false;
  for (const state of states) {
    connection.state = state;
    for (let rest = eachMs; rest > 0; rest -= 1_000) {
      status.draw();
      await passTime(t, 1_000);
      isCardShown ||= !root.querySelector("[data-reconnecting]").hidden;
      if (heard.at(-1) !== document.announced) heard.push(document.announced);
    }
  }
  return { heard, isCardShown, label: root.querySelector("[data-connection-text]").textContent };
}

const { weak, lost } = page.room.quality;
const { back } = page.room;
const CASES = [
  [["good", "weak"], ["", weak]],
  [["lost", "good"], [lost, back]],
  [["lost", "weak"], [lost, back]],
  [["lost", "closed"], [lost]],
  [["weak", "closed"], [weak]],
  [["good", "closed"], [""]],
];

for (const [states, heard] of CASES) {
  test(`${states.join(", then ")}: ${heard.filter(Boolean).join(" ") || "nothing"}`, async (t) => {
    assert.deepEqual((await pass(t, states)).heard.filter(Boolean), heard.filter(Boolean));
  });
}

test("a short loss of the connection is shown, and not made a word of", async (t) => {
  const { heard, isCardShown, label } = await pass(t, ["lost"], HELD_FOR_MS - 1_000);
  assert.deepEqual([heard, isCardShown, label], [[""], false, lost]);
});

test("nor is it that the connection is back after a short loss", async (t) => {
  const { heard, isCardShown } = await pass(t, ["lost", "good", "lost", "good"], HELD_FOR_MS - 1_000);
  assert.deepEqual([heard, isCardShown], [[""], false]);
});

test("a longer loss is told, by a card too", async (t) => {
  const { heard, isCardShown } = await pass(t, ["lost"]);
  assert.deepEqual([heard, isCardShown], [["", lost], true]);
});

test("a press on Try now is answered: that it tries, and when it has failed, when the next attempt comes", async (t) => {
  useVirtualTime(t);
  const root = showScreen("room");
  const connection = { state: "lost", attempt: 2, nextTryAt: Date.now() + 8_000, tryNow: () => Object.assign(connection, { attempt: 3, nextTryAt: 0 }) };
  const status = new ConnectionStatus(root, connection, () => {});
  await passTime(t, HELD_FOR_MS + 100);
  status.draw();
  for (let press = 0; press < 2; press += 1) {
    root.querySelector("[data-reconnect-buttons]").children[0].onclick();
    status.draw();
    await passTime(t, 100, 100);
    assert.equal(document.announced, page.problem.trying);
    connection.nextTryAt = Date.now() + 10_000;
    status.draw();
    await passTime(t, 100, 100);
    assert.match(document.announced, /^Next try in 10/);
  }
});
