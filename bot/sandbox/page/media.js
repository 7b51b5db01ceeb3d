// Pictures and files in messages. They are the stand-in's, and this page serves them from its own address.

import { element } from "./dom.js";
import { createIcon } from "./icons.js";

const ATTACHMENTS = "/attachments/";
const KIB = 1024;

/** A picture: {media: {url}, description}. In its place is its description if it cannot be loaded, or is from elsewhere. */
export function renderPicture({ media, description }) {
  const text = element("p", { class: "picture" }, `Picture: ${description ?? "without a description"}`);
  const path = attachmentPath(media?.url);
  if (!path) return text;
  const picture = element("img", { src: path, alt: description ?? "A picture without a description", onerror: () => picture.replaceWith(text) });
  return picture;
}

/** A file to save: {url, name, size in bytes}. */
export function renderFile({ url, name, size }) {
  const path = attachmentPath(url);
  const title = name ?? "A file";
  const link = path ? element("a", { href: path, download: name ?? "" }, title) : element("span", {}, title);
  return element("p", { class: "file" }, createIcon("file", 20), element("span", {}, link, size ? element("small", {}, formatSize(size)) : null));
}

/** A file that is attached to a message without a component that shows it. */
export function renderAttachment({ url, filename, size, description, content_type: type }) {
  return type?.startsWith("image/") ? renderPicture({ media: { url }, description: description ?? filename }) : renderFile({ url, name: filename, size });
}

function attachmentPath(url) {
  const { pathname } = URL.canParse(url ?? "") ? new URL(url) : {};
  return pathname?.startsWith(ATTACHMENTS) ? pathname : null;
}

function formatSize(bytes) {
  if (bytes < KIB) return `${bytes} bytes`;
  return bytes < KIB * KIB ? `${Math.round(bytes / KIB)} KB` : `${(bytes / KIB / KIB).toFixed(1)} MB`;
}
