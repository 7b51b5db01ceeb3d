// What is announced about the connection is so at that moment.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage } from "./fake_browser.js";
import { passTime, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { ConnectionStatus } = await import("../connection_status.js");
const { page } = await import("../words.js");

/** What is announced while the connection passes through `states`. */
async function announcements(t, states) {
  useVirtualTime(t);
  const root = document.createElement();
  document.body.append(root);
  document.querySelector("#announce").textContent = "";
  const connection = { state: "good", attempt: 0, nextTryAt: 0 };
  const status = new ConnectionStatus(root, connection, () => {});
  const heard = [];
  for (const state of states) {
    connection.state = state;
    status.draw();
    await passTime(t, 1_000);
    if (heard.at(-1) !== document.announced) heard.push(document.announced);
  }
  return heard;
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
    assert.deepEqual(await announcements(t, states), heard);
  });
}
