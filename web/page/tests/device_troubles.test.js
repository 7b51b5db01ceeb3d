// What is said of each trouble of a device, and which button is offered.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, useNavigator } from "./fake_browser.js";
import { FakeDevices } from "./fake_kit.js";

globalThis.document = new FakePage();
useNavigator({ userAgent: "" });
const { DeviceNotes, deviceTroubleText, remedyFor, troubledKinds } = await import("../device_troubles.js");
const { KINDS } = await import("../devices.js");
const { page } = await import("../words.js");

const AGAIN = page.devices.try_again;
const USE = "Use Built in";
/** The button with which each trouble can be ended. */
const BUTTONS = {
  blocked: AGAIN, closed: AGAIN, system: AGAIN, busy: AGAIN, missing: AGAIN, unsent: AGAIN, unplugged: USE, no_signal: USE,
  unsupported: undefined, unanswered: undefined, not_switched: undefined,
};

function devicesIn(kind, trouble, replacement = { deviceId: "built in", label: "Built in" }) {
  const devices = new FakeDevices();
  devices.trouble[kind] = trouble;
  devices.replacement = () => replacement;
  return devices;
}

for (const kind of KINDS) {
  for (const [trouble, label] of Object.entries(BUTTONS)) {
    test(`a ${kind} that is ${trouble} has a sentence about what to do, and ${label ?? "no button"}`, () => {
      const devices = devicesIn(kind, trouble);
      const { title, detail } = deviceTroubleText(kind, devices);
      assert.ok(title && detail);
      assert.equal(remedyFor(kind, devices)?.label, label);
      assert.ok(page.devices.short_trouble[trouble]);
    });
  }

  test(`without another ${kind} none is offered`, () => {
    assert.equal(remedyFor(kind, devicesIn(kind, "unplugged", null)), null);
  });
}

test("every trouble that has a text is in this table", () => {
  assert.deepEqual(Object.keys(page.trouble).toSorted(), Object.keys(BUTTONS).toSorted());
});

test("the instructions fit the browser or the system at hand", (t) => {
  t.after(() => useNavigator({ userAgent: "" }));
  useNavigator({ userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" });
  assert.ok(deviceTroubleText("camera", devicesIn("camera", "blocked")).detail.endsWith(page.how.browser.firefox));
  assert.ok(deviceTroubleText("camera", devicesIn("camera", "system")).detail.endsWith(page.how.system.windows));
});

test("the microphone comes first", () => {
  const devices = devicesIn("camera", "blocked");
  devices.trouble.microphone = "busy";
  assert.deepEqual(troubledKinds(devices), ["microphone", "camera"]);
});

test("notes are drawn again only if they changed, and keep the focus", () => {
  const devices = devicesIn("camera", "blocked");
  const root = document.createElement();
  const notes = new DeviceNotes(root, devices);
  notes.draw();
  const [first] = root.children;
  notes.draw();
  assert.equal(root.children[0], first);
  first.focus();
  devices.trouble.camera = "busy";
  notes.draw();
  assert.notEqual(root.children[0], first);
  assert.equal(root.contains(document.activeElement), true);
});

test("a note's button chooses the device that is there now, though another had the same name", () => {
  const devices = devicesIn("microphone", "unplugged");
  const chosen = [];
  devices.choose = (_, id) => chosen.push(id);
  const root = document.createElement("div");
  const notes = new DeviceNotes(root, devices);
  for (const deviceId of ["1", "2"]) {
    devices.replacement = () => ({ deviceId, label: "USB Headset" });
    notes.draw();
  }
  root.children[0].querySelector("[data-buttons]").children[0].onclick();
  assert.deepEqual(chosen, ["2"]);
});

test("two buttons with one label have names that tell them apart", () => {
  const devices = devicesIn("camera", "blocked");
  devices.trouble.microphone = "busy";
  const root = document.createElement("div");
  new DeviceNotes(root, devices).draw();
  const buttons = root.children.map((note) => note.querySelector("[data-buttons]").children[0]);
  assert.deepEqual(buttons.map(({ textContent }) => textContent), [AGAIN, AGAIN]);
  assert.deepEqual(buttons.map((button) => button.getAttribute("aria-label")), KINDS.map((kind) => `${AGAIN}: ${page.devices.name[kind]}`));
});
