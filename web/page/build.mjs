// Builds the page into dist/: puts texts and icons into the document, bundles scripts and styles, names them by their
// hash, and compresses everything. dist/manifest.json lists what the server may serve.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const LANGUAGE = "en";
const CONTENT_TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };
const SCRIPT = "main.js";
const STYLE = "styles/page.css";
const LOGO = "logo.svg";
const here = new URL("./", import.meta.url);
const dist = new URL("dist/", here);

const words = JSON.parse(await readFile(new URL(`../../bot/words/${LANGUAGE}.json`, here), "utf8"));

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const { outputFiles, metafile } = await build({
  absWorkingDir: new URL(".", here).pathname,
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

const files = {};
for (const { path, contents } of outputFiles) {
  const name = path.split("/").at(-1);
  files[`/assets/${name}`] = await writeVariants(name, contents, CONTENT_TYPES[name.split(".").at(-1)]);
}
const html = (await readFile(new URL("page.html", here), "utf8"))
  .replaceAll("{{script}}", assetAddress(SCRIPT))
  .replaceAll("{{logo}}", assetAddress(LOGO))
  .replaceAll("{{style}}", assetAddress(STYLE))
  .replaceAll("{{language}}", LANGUAGE);
const documentBytes = Buffer.from(withoutComments(insertTexts(await insertIcons(html))));
const document = await writeVariants("page.html", documentBytes, "text/html; charset=utf-8");
await writeFile(new URL("manifest.json", dist), `${JSON.stringify({ document, files }, null, 2)}\n`);

/** The address of the file that was built from a source. */
function assetAddress(source) {
  const [path] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
  return `/assets/${path.split("/").at(-1)}`;
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
    await writeFile(new URL(file, dist), bytes);
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
  const svg = await readFile(new URL(`node_modules/lucide-static/icons/${name}.svg`, here), "utf8");
  const shapes = svg.replace(/<!--.*?-->/gs, "").replace(/^[^]*?<svg[^>]*>/, "").replace("</svg>", "");
  return `<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true">${shapes.replace(/\s+/g, " ").trim()}</svg>`;
}

/** Replace every `{{key}}` by its text. Throws if the catalogue has no such text. */
function insertTexts(html) {
  return html.replace(/\{\{([\w.]+)\}\}/g, (_, key) => escapeHtml(textOf(key)));
}

function textOf(key) {
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
