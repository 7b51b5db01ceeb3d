// The trouble that each error of a browser stands for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { troubleFrom } from "../devices.js";

const errors = [
  ["NotAllowedError", "", "blocked"],
  ["NotAllowedError", "Permission denied by system", "system"],
  ["NotAllowedError", "Permission dismissed", "closed"],
  ["SecurityError", "", "blocked"],
  ["NotFoundError", "", "missing"],
  ["OverconstrainedError", "", "missing"],
  ["NotReadableError", "", "busy"],
  ["AbortError", "", "busy"],
];

for (const [name, message, expected] of errors) {
  test(`${name} "${message}" means ${expected}`, () => {
    assert.equal(troubleFrom(new DOMException(message, name)), expected);
  });
}
