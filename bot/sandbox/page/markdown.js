// Parses Discord's markdown into a tree; markdown_view.js turns the tree into elements.
//
// A block is {kind: "p" | "gap" | "h1" | "h2" | "h3" | "small" | "quote" | "ul" | "ol" | "pre", …}. A piece of a line is a string or
// {kind: "b" | "i" | "u" | "s" | "spoiler" | "code" | "link" | "user" | "role" | "channel" | "command" | "time" | "emoji", …}.

const BLOCK_RULES = [
  [/^(#{1,3}) +(.+)$/, (m) => ({ kind: `h${m[1].length}`, of: parseInline(m[2]) })],
  [/^-# +(.+)$/, (m) => ({ kind: "small", of: parseInline(m[1]) })],
  [/^> ?(.*)$/, (m) => ({ kind: "quote", lines: [parseInline(m[1])] })],
  [/^ *[-*] +(.+)$/, (m) => ({ kind: "ul", lines: [parseInline(m[1])] })],
  [/^ *\d+\. +(.+)$/, (m) => ({ kind: "ol", lines: [parseInline(m[1])] })],
];

const INLINE_RULES = [
  [/^\\([^0-9A-Za-z\s])/, (m) => m[1]],
  [/^`([^`]+)`/, (m) => ({ kind: "code", text: m[1] })],
  [/^\*\*\*([\s\S]+?)\*\*\*/, (m) => ({ kind: "b", of: [{ kind: "i", of: parseInline(m[1]) }] })],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m) => ({ kind: "b", of: parseInline(m[1]) })],
  [/^__([\s\S]+?)__(?!_)/, (m) => ({ kind: "u", of: parseInline(m[1]) })],
  [/^~~([\s\S]+?)~~/, (m) => ({ kind: "s", of: parseInline(m[1]) })],
  [/^\|\|([\s\S]+?)\|\|/, (m) => ({ kind: "spoiler", of: parseInline(m[1]) })],
  [/^\*(?!\s)([^*]+?)\*(?!\*)/, (m) => ({ kind: "i", of: parseInline(m[1]) })],
  [/^_(?!\s)([^_]+?)_(?![_\w])/, (m) => ({ kind: "i", of: parseInline(m[1]) })],
  [/^<@!?(\d+)>/, (m) => ({ kind: "user", id: m[1] })],
  [/^<@&(\d+)>/, (m) => ({ kind: "role", id: m[1] })],
  [/^<#(\d+)>/, (m) => ({ kind: "channel", id: m[1] })],
  [/^<\/([^:>]+):\d+>/, (m) => ({ kind: "command", text: `/${m[1]}` })],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (m) => ({ kind: "time", seconds: Number(m[1]), style: m[2] ?? "f" })],
  [/^<a?(:\w+:)\d+>/, (m) => ({ kind: "emoji", text: m[1] })],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m) => ({ kind: "link", href: m[2], of: parseInline(m[1]) })],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => ({ kind: "link", href: m[1], of: [m[1]] })],
  [/^https?:\/\/[^\s<>]*[^\s<>.,:;"')\]*_~|]/, (m) => ({ kind: "link", href: m[0], of: [m[0]] })],
];
const PLAIN_TEXT = /^(?:[a-zA-Z0-9 ]+?(?=https?:|[^a-zA-Z0-9 ]|$)|[\s\S])/u;

/** Parse a text into blocks. */
export function parseBlocks(text) {
  const found = [];
  for (const [index, part] of text.split(/```(?:[\w+-]*\n)?([\s\S]*?)```/).entries()) {
    if (index % 2) found.push({ kind: "pre", text: part.replace(/\n$/, "") });
    else if (part.trim()) part.replace(/^\n|\n$/g, "").split("\n").forEach((line) => appendBlock(found, parseLine(line)));
  }
  return found;
}

function parseLine(line) {
  for (const [pattern, make] of BLOCK_RULES) {
    const match = pattern.exec(line);
    if (match) return make(match);
  }
  return line.trim() ? { kind: "p", lines: [parseInline(line)] } : { kind: "gap" };
}

/** Append a block; consecutive lines of one kind become one block, and an empty line (a gap) separates them. */
function appendBlock(found, next) {
  const last = found.at(-1);
  if (last?.lines && last.kind === next.kind) last.lines.push(...next.lines);
  else found.push(next);
}

/** Parse a line into pieces. */
export function parseInline(text) {
  const found = [];
  let rest = text;
  while (rest) {
    const [length, piece] = nextPiece(rest);
    if (typeof piece === "string" && typeof found.at(-1) === "string") found.push(found.pop() + piece);
    else found.push(piece);
    rest = rest.slice(length);
  }
  return found;
}

function nextPiece(rest) {
  for (const [pattern, make] of INLINE_RULES) {
    const match = pattern.exec(rest);
    if (match) return [match[0].length, make(match)];
  }
  const [plain] = PLAIN_TEXT.exec(rest);
  return [plain.length, plain];
}
