// Named fakes for parts of the browser: its document, its storage, its media devices and their permissions.

import { readFileSync } from "node:fs";

/** A document in a language, with the data block that holds its texts. */
export class FakeDocument {
  constructor(language, texts) {
    this.documentElement = { lang: language, inert: false };
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

  removeItem(key) {
    this.#values.delete(key);
  }
}

class FakeTrack extends EventTarget {
  readyState = "live";
  enabled = true;

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
    this.become("granted");
  }

  become(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/**
 * navigator.mediaDevices with one camera and one microphone. `error` is what `getUserMedia` fails with, if anything; `errors`
 * the same by device; while `isHanging`, it does not answer.
 */
export class FakeMediaDevices extends EventTarget {
  list = [
    { kind: "videoinput", deviceId: "camera 1", label: "Camera" },
    { kind: "audioinput", deviceId: "microphone 1", label: "Microphone" },
  ];
  permissions = { camera: new FakePermission(), microphone: new FakePermission() };
  error = null;
  errors = {};
  isHanging = false;
  /** Every track that was ever handed out. */
  tracks = [];
  #waiting = [];

  async enumerateDevices() {
    return this.list;
  }

  async getUserMedia({ video, audio }) {
    await null; // browsers never answer at once
    if (this.isHanging) await new Promise((resolve) => this.#waiting.push(resolve));
    const kind = video ? "videoinput" : "audioinput";
    const { exact, ideal } = (video ?? audio).deviceId;
    const present = this.list.filter((device) => device.kind === kind);
    const device = present.find(({ deviceId }) => deviceId === (exact ?? ideal)) ?? (exact ? undefined : present[0]);
    const error = this.error ?? this.errors[device?.deviceId] ?? (device ? null : new DOMException("", "NotFoundError"));
    if (error) throw error;
    const track = new FakeTrack(device.deviceId);
    this.tracks.push(track);
    return { getTracks: () => [track] };
  }

  /** The student answers what the browser asks. */
  answer() {
    this.isHanging = false;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** A device of this kind goes: the one in use, or the one with this id. */
  unplug(kind, id = this.list.find((device) => device.kind === kind).deviceId) {
    this.list = this.list.filter((device) => device.kind !== kind || device.deviceId !== id);
    this.endTracks(id);
    this.dispatchEvent(new Event("devicechange"));
  }

  /** The browser ends the tracks of a device. */
  endTracks(id) {
    for (const track of this.tracks.filter(({ deviceId }) => deviceId === id)) {
      track.readyState = "ended";
      track.dispatchEvent(new Event("ended"));
    }
  }

  plugIn(kind, deviceId = "another", label = "Another") {
    this.list = [...this.list, { kind, deviceId, label }];
    this.dispatchEvent(new Event("devicechange"));
  }
}

/**
 * An element with the few properties that the page's parts set. Elements inside it are made when they are first looked for.
 * `drawn` counts the pictures drawn on a canvas.
 */
export class FakeElement extends EventTarget {
  hidden = false;
  value = "";
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

  getAttribute(name) {
    return this.attributes[name] ?? null;
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  toggleAttribute() {}

  scrollIntoView() {}

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

/** Replace `navigator`, which not every Node has, by one with these properties. */
export function useNavigator(values) {
  Object.defineProperty(globalThis, "navigator", { configurable: true, value: values });
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
