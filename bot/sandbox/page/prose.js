// Text with markdown → elements. Names behind mentions come from `world`.

import { el } from "./dom.js";
import { icon } from "./icons.js";
import { blocks, pieces } from "./markdown.js";
import { moment } from "./time.js";

const TAGS = { b: "strong", i: "em", u: "u", s: "s" };

/** A whole text, block by block. */
export function prose(text, world) {
  return el("div", { class: "prose" }, blocks(text).map((block) => BLOCK[block.kind](block, world)));
}

/** One line of text, for titles and labels. */
export function line(text, world) {
  return pieces(text).map((piece) => inline(piece, world));
}

const heading = (block, world) => el("h3", { class: block.kind }, inlines(block.of, world));
const items = (tag) => (block, world) => el(tag, {}, block.lines.map((of) => el("li", {}, inlines(of, world))));

const BLOCK = {
  p: (block, world) => el("p", {}, broken(block.lines, world)),
  gap: () => null,
  h1: heading,
  h2: heading,
  h3: heading,
  small: (block, world) => el("small", {}, inlines(block.of, world)),
  quote: (block, world) => el("blockquote", {}, broken(block.lines, world)),
  ul: items("ul"),
  ol: items("ol"),
  pre: (block) => el("pre", {}, el("code", {}, block.text)),
};

function broken(lines, world) {
  return lines.map((of, index) => [index ? el("br") : null, inlines(of, world)]);
}

function inlines(of, world) {
  return of.map((piece) => inline(piece, world));
}

function inline(piece, world) {
  if (typeof piece === "string") return piece;
  if (TAGS[piece.kind]) return el(TAGS[piece.kind], {}, inlines(piece.of, world));
  return PIECE[piece.kind](piece, world);
}

const mention = (text) => el("span", { class: "mention" }, text);

const PIECE = {
  code: (piece) => el("code", {}, piece.text),
  spoiler: (piece, world) => el("span", { class: "spoiler" }, inlines(piece.of, world)),
  link: (piece, world) => el("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer" }, inlines(piece.of, world)),
  user: (piece, world) => mention(`@${world.nameOf(piece.id)}`),
  role: (piece, world) => mention(`@${world.roleName(piece.id)}`),
  channel: (piece, world) => mention(`#${world.channelName(piece.id)}`),
  command: (piece) => mention(piece.text),
  time: (piece) => moment(piece.seconds * 1000, piece.style),
  emoji: (piece) => piece.text,
};

/** A link's little arrow: it leaves this page. */
export const leaving = () => icon("out", 15);
