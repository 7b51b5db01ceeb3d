// The page's texts come from its document, in the document's language.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeDocument } from "./fake_browser.js";

const TEXTS = { page: { room: { arrived: "{partner} itt van." } }, internal: { title: "Hiba" }, server_codes: ["internal"] };
globalThis.document = new FakeDocument("hu", TEXTS);
const { fillPlaceholders, internal, page, pageLanguage, serverCodes } = await import("../words.js");

test("the texts are those of the document's data block", () => {
  assert.deepEqual({ page, internal, server_codes: serverCodes }, TEXTS);
});

test("the language is the document's", () => {
  assert.equal(pageLanguage(), "hu");
});

test("placeholders are filled, and unknown ones stay", () => {
  assert.equal(fillPlaceholders(page.room.arrived, { partner: "Mara" }), "Mara itt van.");
  assert.equal(fillPlaceholders("{a} {b}", { a: 0 }), "0 {b}");
});

test("a right-to-left name does not turn the sentence around", () => {
  assert.equal(fillPlaceholders(page.room.arrived, { partner: "דנה" }), "\u2068דנה\u2069 itt van.");
});
