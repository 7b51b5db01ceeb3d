// Builds the page into dist/: bundles scripts and styles and names them by their hash, writes a document with texts and
// icons for each language, and compresses everything. dist/manifest.json lists what the server may serve.
// Tests give other folders: node build.mjs [--words FOLDER] [--dist FOLDER]

import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const CONTENT_TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };
const SCRIPT = "main.js";
/** Runs in browsers that cannot run the rest. */
const CLASSIC_SCRIPT = "start_failure.js";
const STYLE = "styles/page.css";
const LOGO = "logo.svg";
const here = fileURLToPath(new URL("./", import.meta.url));
const { values: { words: wordsFolder, dist } } = parseArgs({
  options: {
    words: { type: "string", default: join(here, "../../bot/words") },
    dist: { type: "string", default: join(here, "dist") },
  },
});

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const { outputFiles, metafile } = await build({
  absWorkingDir: here,
  entryPoints: { page: SCRIPT, style: STYLE, logo: LOGO },
  loader: { ".svg": "copy" },
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome109", "firefox115", "safari16"],
  minify: true,
  write: false,
  metafile: true,
  legalComments: "none",
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
});
const classic = await build({
  absWorkingDir: here,
  entryPoints: [CLASSIC_SCRIPT],
  outdir: "dist",
  format: "iife",
  target: "es5",
  minify: true,
  write: false,
  metafile: true,
  entryNames: "[name]-[hash]",
});
Object.assign(metafile.outputs, classic.metafile.outputs);

const files = {};
for (const { path, contents } of [...outputFiles, ...classic.outputFiles]) {
  const name = path.split("/").at(-1);
  files[`/assets/${name}`] = await writeVariants(name, contents, CONTENT_TYPES[name.split(".").at(-1)]);
}
const html = (await readFile(join(here, "page.html"), "utf8"))
  .replaceAll("{{script}}", assetAddress(SCRIPT))
  .replaceAll("{{start_failure}}", assetAddress(CLASSIC_SCRIPT))
  .replaceAll("{{preloads}}", preloadLinks(SCRIPT))
  .replaceAll("{{logo}}", assetAddress(LOGO))
  .replaceAll("{{style}}", assetAddress(STYLE));
const template = withoutComments(await insertIcons(html));
const documents = {};
for (const catalogue of (await readdir(wordsFolder)).filter((name) => name.endsWith(".json")).sort()) {
  const language = basename(catalogue, ".json");
  const words = JSON.parse(await readFile(join(wordsFolder, catalogue), "utf8"));
  const contents = Buffer.from(insertTexts(template, language, words));
  documents[language] = await writeVariants(`page.${language}.html`, contents, "text/html; charset=utf-8");
}
await writeFile(join(dist, "manifest.json"), `${JSON.stringify({ documents, files }, null, 2)}\n`);

/** The address of the file that was built from a source. */
function assetAddress(source) {
  const [path] = outputOf(source);
  return `/assets/${basename(path)}`;
}

/** Links with which a browser fetches what a script imports together with the script, not after it. */
function preloadLinks(source) {
  const [, { imports }] = outputOf(source);
  const chunks = imports.filter(({ kind }) => kind === "import-statement");
  return chunks.map(({ path }) => `<link rel="modulepreload" href="/assets/${basename(path)}">`).join("");
}

function outputOf(source) {
  return Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
}

/** Write a file as it is and compressed. Returns its entry in the manifest. */
async function writeVariants(name, contents, type) {
  const variants = {
    path: contents,
    br: brotliCompressSync(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }),
    gz: gzipSync(contents, { level: 9 }),
  };
  const entry = { type, sha256: createHash("sha256").update(contents).digest("hex") };
  for (const [variant, bytes] of Object.entries(variants)) {
    const file = variant === "path" ? name : `${name}.${variant}`;
    await writeFile(join(dist, file), bytes);
    entry[variant] = file;
  }
  return entry;
}

/** Replace every `{{icon name}}` by the icon's SVG. */
async function insertIcons(html) {
  const names = new Set([...html.matchAll(/\{\{icon ([\w-]+)\}\}/g)].map(([, name]) => name));
  for (const name of names) html = html.replaceAll(`{{icon ${name}}}`, await iconMarkup(name));
  return html;
}

async function iconMarkup(name) {
  const svg = await readFile(join(here, `node_modules/lucide-static/icons/${name}.svg`), "utf8");
  const shapes = svg.replace(/<!--.*?-->/gs, "").replace(/^[^]*?<svg[^>]*>/, "").replace("</svg>", "");
  return `<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true">${shapes.replace(/\s+/g, " ").trim()}</svg>`;
}

/**
 * Replace `{{language}}`, `{{texts}}` (the data block that words.js reads) and every `{{key}}` by its text. Throws if the
 * catalogue has no such text.
 */
function insertTexts(html, language, words) {
  const { page, problems } = words;
  const texts = dataBlock({ page, internal: problems.internal, server_codes: Object.keys(problems) });
  const values = { language, texts };
  return html.replace(/\{\{([\w.]+)\}\}/g, (_, key) => values[key] ?? escapeHtml(textOf(key, words)));
}

/** A value as JSON that can stand in a script element. */
function dataBlock(value) {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function textOf(key, words) {
  const text = key.split(".").reduce((tree, part) => tree?.[part], words);
  if (typeof text !== "string") throw new Error(`the catalogue has no text ${key}`);
  return text;
}

function escapeHtml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function withoutComments(html) {
  return html.replace(/<!--.*?-->/gs, "").replace(/\n\s+/g, "\n");
}
