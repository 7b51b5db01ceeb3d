// Named fakes for parts of the browser: its document, its storage, its media devices and their permissions.

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

/** An element with the few properties that the page's parts set. `drawn` counts the pictures drawn on a canvas. */
class FakeElement extends EventTarget {
  hidden = false;
  textContent = "";
  dataset = {};
  drawn = 0;
  classList = { toggle() {} };

  append() {}

  replaceChildren(...parts) {
    this.textContent = parts.map((part) => part.textContent ?? part).join("");
  }

  getBoundingClientRect() {
    return { width: 1280, height: 720 };
  }

  getContext() {
    return { drawImage: () => (this.drawn += 1) };
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
