// The initial of a name, and its writing direction, in any script.

import assert from "node:assert/strict";
import { test } from "node:test";
import { initialOf, isolateName } from "../names.js";

const INITIALS = {
  Mara: "M", "mara": "M", "élodie": "É", "e\u0301lodie": "E\u0301", "ßarah": "ß", "ольга": "О", "ნინო": "ნ", "հայկ": "Հ",
  "דנה": "ד", "مريم": "م", "श्री": "श्री", "မြို့ကျော်": "မြို့", "ณัฐ": "ณั", "བསྟན": "བ", "김민준": "김", "ᄒᆞᆫ글": "ᄒᆞᆫ",
  "王小明": "王", "葛\u{e0100}城": "葛\u{e0100}", "さくら": "さ", "አበበ": "አ",
  "👨‍👩‍👧 Noor": "👨‍👩‍👧", "👍🏽 Ann": "👍🏽", "🇹🇷 Ece": "🇹🇷", "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}": "🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}",
  "(mara)": "M", "__x": "X", "...": ".", "7up": "7", "": "",
};

test("the initial is the first letter or emoji as readers see it", () => {
  for (const [name, initial] of Object.entries(INITIALS)) assert.equal(initialOf(name), initial, name);
});

test("a browser that cannot cut text into letters still shows an initial", (t) => {
  const { Segmenter } = Intl;
  t.after(() => Object.assign(Intl, { Segmenter }));
  delete Intl.Segmenter;
  assert.equal(initialOf("mara"), "M");
});

test("a right-to-left name keeps its direction to itself, and others are left as they are", () => {
  for (const name of ["דנה", "مريم", "ߛߟߏߡߣߊ", "𞤀𞤣𞤤𞤢𞤥", "Mara مريم"]) assert.equal(isolateName(name), `\u2068${name}\u2069`);
  for (const name of ["Mara", "Ольга", "王小明", "ณัฐ", "👍🏽", ""]) assert.equal(isolateName(name), name);
});
