// What the room offers while the student is alone, and that it offers what it says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage } from "./fake_browser.js";
import { NOW, view } from "./fake_kit.js";

globalThis.document = new FakePage();
const { ALONE_TEXTS, AlonePanel } = await import("../alone_panel.js");
const { page } = await import("../words.js");

const { find_another, wait } = page.room;
/** The buttons of every stage in which the student is alone; the main one first. */
const BUTTONS = {
  waiting: [],
  "may-choose": [find_another, wait],
  "still-waiting": [find_another],
  away: [wait],
  "waiting-again": [],
  declined: [],
  gone: [],
};

function createPanel() {
  const pressed = [];
  const root = document.createElement();
  document.body.append(root);
  const actions = { findAnother: () => pressed.push("findAnother"), wait: () => pressed.push("wait") };
  const panel = new AlonePanel(root, actions);
  const buttons = () => panel.root.querySelector("[data-alone-buttons]").children;
  return { panel, buttons, pressed, root };
}

test("every stage in which the student is alone is listed here", () => {
  assert.deepEqual(new Set(Object.keys(BUTTONS)), new Set(Object.keys(ALONE_TEXTS).filter((stage) => stage !== "interrupted")));
});

for (const [stage, labels] of Object.entries(BUTTONS)) {
  test(`${stage}: ${labels.join(" and ") || "no"} button`, () => {
    const { panel, buttons } = createPanel();
    panel.draw(stage, view(), NOW);
    assert.deepEqual(buttons().map(({ textContent }) => textContent), labels);
    const offersAnother = /find someone else/.test(ALONE_TEXTS[stage].lead);
    assert.equal(labels.includes(find_another), offersAnother, "what the text offers can be pressed");
  });
}

test("somebody who has chosen to wait can still ask for another partner", () => {
  const { panel, buttons, pressed } = createPanel();
  panel.draw("still-waiting", view(), NOW);
  buttons()[0].onclick();
  assert.deepEqual(pressed, ["findAnother"]);
});

test("while the partner is declining, the student reads what staying brings, and is not urged to leave", () => {
  const { panel, buttons } = createPanel();
  panel.draw("declined", view(), NOW);
  const lead = panel.root.querySelector("[data-alone-lead]").textContent;
  assert.match(lead, /^Stay.*front of the line/);
  assert.equal(buttons().length, 0);
});

test("once somebody else can be asked for, it is said once, and by the button", () => {
  const { panel, root } = createPanel();
  const times = { ...view().times, another_at: new Date(NOW - 1).toISOString() };
  panel.draw("may-choose", view({ times }), NOW);
  assert.equal(root.querySelector("[data-another-text]").textContent, "");
});

test("when a pressed button goes, the focus stays in the panel", () => {
  const { panel, buttons } = createPanel();
  panel.draw("may-choose", view(), NOW);
  buttons()[1].focus();
  panel.draw("still-waiting", view(), NOW);
  assert.equal(document.activeElement, panel.root);
});

test("a focus elsewhere is left alone", () => {
  const { panel, root } = createPanel();
  panel.draw("waiting", view(), NOW);
  const elsewhere = root.querySelector("[data-leave]");
  elsewhere.focus();
  panel.draw("may-choose", view(), NOW);
  assert.equal(document.activeElement, elsewhere);
});

test("what will not happen is not announced: no step without a time", () => {
  const { panel, root } = createPanel();
  const times = { matched_at: "2026-03-02T12:00:00Z", notified_at: null, reminded_at: null, reminder_due_at: null, another_at: null };
  panel.draw("waiting", view({ times }), NOW);
  const isShown = (step) => !panel.root.querySelector(`[data-step="${step}"]`).hidden;
  assert.deepEqual(["link", "reminder", "another"].map(isShown), [true, false, false]);
});
