// What screen readers are told belongs to the screen that is shown, and ends with it; a button is busy until what it does has ended.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage } from "./fake_browser.js";
import { passTime, settle, useVirtualTime } from "./fake_kit.js";

globalThis.document = new FakePage();
const { announce, createButton, prepareScreen, revealScreen, showScreen } = await import("../dom.js");

const SOON_MS = 100;

async function announceOn(t) {
  useVirtualTime(t);
  const screen = showScreen("room");
  announce(screen.querySelector("[data-toast]"), "Mara is here.");
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "Mara is here.");
  return screen;
}

test("a new screen does not keep what the last one announced", async (t) => {
  await announceOn(t);
  showScreen("over");
  assert.equal(document.announced, "");
});

test("neither does the same one under another name", async (t) => {
  const screen = await announceOn(t);
  revealScreen("entering", screen);
  assert.equal(document.announced, "");
});

test("what was about to be announced is not announced on the next screen", async (t) => {
  announce(await announceOn(t), "Reconnecting");
  showScreen("over");
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "");
});

test("a screen that is gone announces nothing, and silences nobody", async (t) => {
  const screen = await announceOn(t);
  const next = showScreen("over");
  announce(next, "You've left.");
  await passTime(t, SOON_MS);
  announce(screen, "Reconnecting");
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "You've left.");
});

test("a screen that is only prepared leaves the shown one its voice", async (t) => {
  await announceOn(t);
  prepareScreen("over");
  assert.equal(document.announced, "Mara is here.");
});

test("the same text is announced again", async (t) => {
  const screen = await announceOn(t);
  announce(screen, "Mara is here.");
  assert.equal(document.announced, "");
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "Mara is here.");
});

test("texts that come at the same moment are all announced, each once", async (t) => {
  const screen = await announceOn(t);
  for (const text of ["The speakers are gone.", "The microphone is gone.", "The microphone is gone."]) announce(screen, text);
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "The speakers are gone. The microphone is gone.");
  announce(screen, "Mara has left.");
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "Mara has left.", "what was announced is not repeated");
});

test("what was about to be announced can be taken back", async (t) => {
  const screen = await announceOn(t);
  announce(screen, "You can undo this.");
  announce(screen, "");
  await passTime(t, SOON_MS);
  assert.equal(document.announced, "");
});

test("a pressed button is busy until what it does has ended, and is not pressed twice meanwhile", async () => {
  let presses = 0;
  let end;
  const button = createButton("Find me another", () => {
    presses += 1;
    return new Promise((resolve) => (end = resolve));
  });
  button.onclick();
  button.onclick();
  assert.deepEqual([presses, button.getAttribute("aria-busy")], [1, "true"]);
  end();
  await settle();
  assert.equal(button.getAttribute("aria-busy"), "false");
  button.onclick();
  assert.equal(presses, 2);
});
