// Discord's markdown as a tree: text in, nodes out. Draws nothing.
//
// A block is {kind: "p" | "gap" | "h1" | "h2" | "h3" | "small" | "quote" | "ul" | "ol" | "pre", …}; a piece of a line is a string or
// {kind: "b" | "i" | "u" | "s" | "spoiler" | "code" | "link" | "user" | "role" | "channel" | "command" | "time" | "emoji", …}.

const BLOCKS = [
  [/^(#{1,3}) +(.+)$/, (m) => ({ kind: `h${m[1].length}`, of: pieces(m[2]) })],
  [/^-# +(.+)$/, (m) => ({ kind: "small", of: pieces(m[1]) })],
  [/^> ?(.*)$/, (m) => ({ kind: "quote", lines: [pieces(m[1])] })],
  [/^ *[-*] +(.+)$/, (m) => ({ kind: "ul", lines: [pieces(m[1])] })],
  [/^ *\d+\. +(.+)$/, (m) => ({ kind: "ol", lines: [pieces(m[1])] })],
];

const INLINE = [
  [/^\\([^0-9A-Za-z\s])/, (m) => m[1]],
  [/^`([^`]+)`/, (m) => ({ kind: "code", text: m[1] })],
  [/^\*\*\*([\s\S]+?)\*\*\*/, (m) => ({ kind: "b", of: [{ kind: "i", of: pieces(m[1]) }] })],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m) => ({ kind: "b", of: pieces(m[1]) })],
  [/^__([\s\S]+?)__(?!_)/, (m) => ({ kind: "u", of: pieces(m[1]) })],
  [/^~~([\s\S]+?)~~/, (m) => ({ kind: "s", of: pieces(m[1]) })],
  [/^\|\|([\s\S]+?)\|\|/, (m) => ({ kind: "spoiler", of: pieces(m[1]) })],
  [/^\*(?!\s)([^*]+?)\*(?!\*)/, (m) => ({ kind: "i", of: pieces(m[1]) })],
  [/^_(?!\s)([^_]+?)_(?![_\w])/, (m) => ({ kind: "i", of: pieces(m[1]) })],
  [/^<@!?(\d+)>/, (m) => ({ kind: "user", id: m[1] })],
  [/^<@&(\d+)>/, (m) => ({ kind: "role", id: m[1] })],
  [/^<#(\d+)>/, (m) => ({ kind: "channel", id: m[1] })],
  [/^<\/([^:>]+):\d+>/, (m) => ({ kind: "command", text: `/${m[1]}` })],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (m) => ({ kind: "time", seconds: Number(m[1]), style: m[2] ?? "f" })],
  [/^<a?(:\w+:)\d+>/, (m) => ({ kind: "emoji", text: m[1] })],
  [/^\[([^\]\n]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m) => ({ kind: "link", href: m[2], of: pieces(m[1]) })],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => ({ kind: "link", href: m[1], of: [m[1]] })],
  [/^https?:\/\/[^\s<>]*[^\s<>.,:;"')\]*_~|]/, (m) => ({ kind: "link", href: m[0], of: [m[0]] })],
];
const PLAIN = /^(?:[a-zA-Z0-9 ]+?(?=https?:|[^a-zA-Z0-9 ]|$)|[\s\S])/u;

/** The blocks of a whole text. */
export function blocks(text) {
  const found = [];
  for (const [index, part] of text.split(/```(?:[\w+-]*\n)?([\s\S]*?)```/).entries()) {
    if (index % 2) found.push({ kind: "pre", text: part.replace(/\n$/, "") });
    else if (part.trim()) part.replace(/^\n|\n$/g, "").split("\n").forEach((line) => add(found, block(line)));
  }
  return found;
}

function block(line) {
  for (const [pattern, make] of BLOCKS) {
    const match = pattern.exec(line);
    if (match) return make(match);
  }
  return line.trim() ? { kind: "p", lines: [pieces(line)] } : { kind: "gap" };
}

/** Lines of the same kind stand together; an empty line, a gap, parts them. */
function add(found, next) {
  const last = found.at(-1);
  if (last?.lines && last.kind === next.kind) last.lines.push(...next.lines);
  else found.push(next);
}

/** The pieces of one line. */
export function pieces(text) {
  const found = [];
  let rest = text;
  while (rest) {
    const [length, piece] = next(rest);
    if (typeof piece === "string" && typeof found.at(-1) === "string") found.push(found.pop() + piece);
    else found.push(piece);
    rest = rest.slice(length);
  }
  return found;
}

function next(rest) {
  for (const [pattern, make] of INLINE) {
    const match = pattern.exec(rest);
    if (match) return [match[0].length, make(match)];
  }
  const [plain] = PLAIN.exec(rest);
  return [plain.length, plain];
}
