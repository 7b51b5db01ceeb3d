// Renders parsed markdown as elements. `discord` resolves the names of mentions.

import { element } from "./dom.js";
import { parseBlocks, parseInline } from "./markdown.js";
import { timestampElement } from "./time.js";

const INLINE_TAGS = Object.freeze({ b: "strong", i: "em", u: "u", s: "s" });

/** A text of several lines. */
export function renderMarkdown(text, discord) {
  return element("div", { class: "prose" }, parseBlocks(text).map((block) => BLOCK_RENDERERS[block.kind](block, discord)));
}

/** One line, for titles and labels: an array of nodes and strings. */
export function renderInline(text, discord) {
  return renderPieces(parseInline(text), discord);
}

const renderHeading = (block, discord) => element("h3", { class: block.kind }, renderPieces(block.of, discord));

const listRenderer = (tag) => (block, discord) =>
  element(tag, {}, block.lines.map((pieces) => element("li", {}, renderPieces(pieces, discord))));

const BLOCK_RENDERERS = Object.freeze({
  p: (block, discord) => element("p", {}, renderLines(block.lines, discord)),
  gap: () => null,
  h1: renderHeading,
  h2: renderHeading,
  h3: renderHeading,
  small: (block, discord) => element("small", {}, renderPieces(block.of, discord)),
  quote: (block, discord) => element("blockquote", {}, renderLines(block.lines, discord)),
  ul: listRenderer("ul"),
  ol: listRenderer("ol"),
  pre: (block) => element("pre", {}, element("code", {}, block.text)),
});

function renderLines(lines, discord) {
  return lines.map((pieces, index) => [index ? element("br") : null, renderPieces(pieces, discord)]);
}

function renderPieces(pieces, discord) {
  return pieces.map((piece) => renderPiece(piece, discord));
}

function renderPiece(piece, discord) {
  if (typeof piece === "string") return piece;
  if (INLINE_TAGS[piece.kind]) return element(INLINE_TAGS[piece.kind], {}, renderPieces(piece.of, discord));
  return PIECE_RENDERERS[piece.kind](piece, discord);
}

const mention = (text) => element("span", { class: "mention" }, text);

const PIECE_RENDERERS = Object.freeze({
  code: (piece) => element("code", {}, piece.text),
  spoiler: (piece, discord) => element("span", { class: "spoiler" }, renderPieces(piece.of, discord)),
  link: (piece, discord) => element("a", { href: piece.href, target: "_blank", rel: "noopener noreferrer" }, renderPieces(piece.of, discord)),
  user: (piece, discord) => mention(`@${discord.nameOf(piece.id)}`),
  role: (piece, discord) => mention(`@${discord.roleName(piece.id)}`),
  channel: (piece, discord) => mention(`#${discord.channelName(piece.id)}`),
  command: (piece) => mention(piece.text),
  time: (piece) => timestampElement(piece.seconds * 1000, piece.style),
  emoji: (piece) => piece.text,
});
