// What the problem screen says: the server's text, or the page's own where the problem arose in the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Problem } from "../api.js";
import { FakeDocument } from "./fake_browser.js";

const SENT = { title: "Expired", detail: "Links last 7 minutes.", next: "Take a new one." };
const OWN = { title: "Offline", detail: "No connection.", next: "I try again." };
const INTERNAL = { title: "Broken", detail: "Not your fault.", next: "Try again." };
const TEXTS = { page: { problem: { own: { offline: OWN } } }, internal: INTERNAL, server_codes: ["internal", "link_expired"] };
globalThis.document = new FakeDocument("en", TEXTS);
const { isKnown, textFor } = await import("../problem_texts.js");

const cases = [
  ["a problem from the server has the server's text", new Problem("link_expired", SENT), SENT],
  ["so has a problem of a newer server", new Problem("unheard_of", SENT), SENT],
  ["a problem that arose in the page has the page's text", new Problem("offline"), OWN],
  ["an unexpected error in the page is our fault", Problem.from(new TypeError("oops")), INTERNAL],
  ["a problem with half a text is not shown half", new Problem("link_expired", { title: "Expired" }), INTERNAL],
];

for (const [name, problem, text] of cases) {
  test(name, () => assert.deepEqual(textFor(problem), text));
}

test("codes of the page and of this server are known, those of a newer server are not", () => {
  assert.deepEqual(["offline", "link_expired", "unheard_of"].map(isKnown), [true, true, false]);
});
