// Builds the page: words and icons go into the document, modules and styles are bundled, named by their hash and
// compressed. What the server may serve is listed in dist/manifest.json.

import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { build } from "esbuild";

const LANGUAGE = "en";
const TYPES = { js: "text/javascript; charset=utf-8", css: "text/css; charset=utf-8", svg: "image/svg+xml" };
const here = new URL("./", import.meta.url);
const dist = new URL("dist/", here);

const words = JSON.parse(await readFile(new URL(`../../bot/words/${LANGUAGE}.json`, here), "utf8"));

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });

const { outputFiles, metafile } = await build({
  absWorkingDir: new URL(".", here).pathname,
  entryPoints: { page: "main.js", look: "look/page.css", mark: "mark.svg" },
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
for (const output of outputFiles) {
  const name = output.path.split("/").at(-1);
  files[`/assets/${name}`] = await keep(name, output.contents, TYPES[name.split(".").at(-1)]);
}
const built = (entry) => Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === entry)[0].split("/").at(-1);
const html = (await readFile(new URL("page.html", here), "utf8"))
  .replaceAll("{{script}}", `/assets/${built("main.js")}`)
  .replaceAll("{{mark}}", `/assets/${built("mark.svg")}`)
  .replaceAll("{{style}}", `/assets/${built("look/page.css")}`)
  .replaceAll("{{language}}", LANGUAGE);
const document = await keep("page.html", Buffer.from(tidy(await filled(html))), "text/html; charset=utf-8");
await writeFile(new URL("manifest.json", dist), `${JSON.stringify({ document, files }, null, 2)}\n`);

/** Write a file and its compressed forms; answers its entry in the manifest. */
async function keep(name, contents, type) {
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

/** The document with its `{{words}}` and `{{icon names}}`. */
async function filled(html) {
  const wanted = new Set([...html.matchAll(/\{\{icon ([\w-]+)\}\}/g)].map(([, name]) => name));
  for (const name of wanted) html = html.replaceAll(`{{icon ${name}}}`, await icon(name));
  return html.replace(/\{\{([\w.]+)\}\}/g, (_, key) => escaped(word(key)));
}

async function icon(name) {
  const svg = await readFile(new URL(`node_modules/lucide-static/icons/${name}.svg`, here), "utf8");
  const inside = svg.replace(/<!--.*?-->/gs, "").replace(/^[^]*?<svg[^>]*>/, "").replace("</svg>", "");
  return `<svg class="icon icon-${name}" viewBox="0 0 24 24" aria-hidden="true">${inside.replace(/\s+/g, " ").trim()}</svg>`;
}

function word(key) {
  const found = key.split(".").reduce((tree, part) => tree?.[part], words);
  if (typeof found !== "string") throw new Error(`the catalogue has no text ${key}`);
  return found;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function tidy(html) {
  return html.replace(/<!--.*?-->/gs, "").replace(/\n\s+/g, "\n");
}
