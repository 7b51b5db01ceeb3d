// Named fakes for parts of the browser: its document, its storage, its media devices and their permissions.

import { readFileSync } from "node:fs";

/** A document in a language, with the data block that holds its texts. */
export class FakeDocument {
  constructor(language, texts) {
    this.documentElement = { lang: language };
    this.textContents = { texts: JSON.stringify(texts) };
  }

  getElementById(id) {
    return id in this.textContents ? { textContent: this.textContents[id] } : null;
  }
}

export class FakeStorage {
  #values = new Map();

  getItem(key) {
    return this.#values.get(key) ?? null;
  }

  setItem(key, value) {
    this.#values.set(key, String(value));
  }
}

class FakeTrack extends EventTarget {
  readyState = "live";

  constructor(deviceId) {
    super();
    this.deviceId = deviceId;
  }

  getSettings() {
    return { deviceId: this.deviceId };
  }

  stop() {
    this.readyState = "ended";
  }
}

class FakePermission extends EventTarget {
  state = "prompt";

  grant() {
    this.state = "granted";
    this.dispatchEvent(new Event("change"));
  }
}

/** navigator.mediaDevices with one camera and one microphone. `error` is what `getUserMedia` fails with, if anything. */
export class FakeMediaDevices extends EventTarget {
  list = [
    { kind: "videoinput", deviceId: "camera 1", label: "Camera" },
    { kind: "audioinput", deviceId: "microphone 1", label: "Microphone" },
  ];
  permissions = { camera: new FakePermission(), microphone: new FakePermission() };
  error = null;
  /** Every track that was ever handed out. */
  tracks = [];

  async enumerateDevices() {
    return this.list;
  }

  async getUserMedia({ video, audio }) {
    await null; // browsers never answer at once
    if (this.error) throw this.error;
    const usual = video ? "camera 1" : "microphone 1";
    const track = new FakeTrack((video ?? audio).deviceId?.ideal ?? usual);
    this.tracks.push(track);
    return { getTracks: () => [track] };
  }

  unplug(kind) {
    this.list = this.list.filter((device) => device.kind !== kind);
    for (const track of this.tracks) {
      track.readyState = "ended";
      track.dispatchEvent(new Event("ended"));
    }
    this.dispatchEvent(new Event("devicechange"));
  }

  plugIn(kind) {
    this.list = [...this.list, { kind, deviceId: "another", label: "Another" }];
    this.dispatchEvent(new Event("devicechange"));
  }
}

/**
 * An element with the few properties that the page's parts set. Elements inside it are made when they are first looked for.
 * `drawn` counts the pictures drawn on a canvas.
 */
export class FakeElement extends EventTarget {
  hidden = false;
  dataset = {};
  children = [];
  parent = null;
  drawn = 0;
  classList = { toggle() {} };
  attributes = {};
  #found = new Map();
  #text = "";

  get textContent() {
    return this.#text;
  }

  set textContent(text) {
    this.#text = text;
    this.children = [];
  }

  get isConnected() {
    return this.parent?.isConnected ?? false;
  }

  get firstElementChild() {
    return this.querySelector(":first-child");
  }

  get childElementCount() {
    return this.children.length;
  }

  querySelector(selector) {
    if (!this.#found.has(selector)) this.#found.set(selector, Object.assign(new FakeElement(), { parent: this, localName: selector }));
    return this.#found.get(selector);
  }

  querySelectorAll() {
    return [];
  }

  append(...parts) {
    for (const part of parts) if (part instanceof FakeElement) Object.assign(part, { parent: this });
    this.children.push(...parts);
  }

  prepend(...parts) {
    this.append(...parts);
  }

  replaceChildren(...parts) {
    this.textContent = parts.map((part) => part.textContent ?? part).join("");
    this.append(...parts);
  }

  remove() {
    this.parent.children = this.parent.children.filter((child) => child !== this);
    this.parent = null;
  }

  contains(element) {
    return element === this || (element?.parent ? this.contains(element.parent) : false);
  }

  /** Understands a class alone. */
  closest(selector) {
    return `.${this.className}` === selector ? this : (this.parent?.closest(selector) ?? null);
  }

  focus() {
    document.activeElement = this;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  toggleAttribute() {}

  getBoundingClientRect() {
    return { width: 1280, height: 720 };
  }

  getContext() {
    return { drawImage: () => (this.drawn += 1) };
  }
}

/** A whole document with the English texts, in which every template and element exists. */
export class FakePage extends FakeDocument {
  body = new FakeElement();
  activeElement = null;
  createElement = () => new FakeElement();
  addEventListener = () => {};
  removeEventListener = () => {};

  constructor() {
    const { page, problems } = JSON.parse(readFileSync(new URL("../../../bot/words/en.json", import.meta.url), "utf8"));
    super("en", { page, internal: problems.internal, server_codes: Object.keys(problems) });
    this.problems = problems;
    Object.defineProperty(this.body, "isConnected", { value: true });
  }

  getElementById(id) {
    return super.getElementById(id) ?? { content: { cloneNode: () => new FakeElement() } };
  }

  querySelector(selector) {
    return this.body.querySelector(selector);
  }

  /** The screen that is shown. */
  get screen() {
    return this.querySelector("#screens").children.at(-1);
  }

  /** What screen readers were last given. */
  get announced() {
    return this.querySelector("#announce").textContent;
  }
}

/** Until the test ends, a document whose elements are made when they are first looked for. Returns its root. */
export function useFakeElements(t) {
  const elements = new Map();
  const querySelector = (selector) => elements.get(selector) ?? elements.set(selector, new FakeElement()).get(selector);
  globalThis.document = { createElement: () => new FakeElement() };
  globalThis.ResizeObserver = class {
    observe() {}
  };
  t.after(() => {
    delete globalThis.document;
    delete globalThis.ResizeObserver;
  });
  return { querySelector };
}
