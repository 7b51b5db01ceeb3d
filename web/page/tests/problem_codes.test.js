// The lists of problem codes name only codes that exist.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as lists from "../problem_codes.js";

const words = JSON.parse(readFileSync(new URL("../../../bot/words/en.json", import.meta.url), "utf8"));
const known = new Set([...Object.keys(words.problems), ...Object.keys(words.page.problem.own)]);

for (const [name, codes] of Object.entries(lists)) {
  test(`every code in ${name} has a text`, () => assert.deepEqual([...codes].filter((code) => !known.has(code)), []));
}

test("every code about video is retried on the problem screen", () => {
  const video = [...known].filter((code) => code.startsWith("video_"));
  const isRetried = (code) => lists.TEMPORARY.has(code) || lists.NEEDS_ADMINISTRATOR.has(code);
  assert.ok(video.length > 0);
  assert.deepEqual(video.filter((code) => !isRetried(code)), []);
});

test("no new link is offered into a room that is over", () => {
  assert.deepEqual([...lists.MEETING_IS_OVER].filter((code) => lists.NEEDS_NEW_LINK.has(code)), []);
});
