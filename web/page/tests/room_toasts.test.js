// The room's toasts: every trouble of a device is told until it is over, the blocked sound, the end of the agreed length.

import assert from "node:assert/strict";
import { test } from "node:test";
import { FakePage, useNavigator } from "./fake_browser.js";
import { FakeDevices, NOW, passTime, useVirtualTime, view } from "./fake_kit.js";

globalThis.document = new FakePage();
const { showScreen } = await import("../dom.js");
useNavigator({ userAgent: "" });
const { RoomToasts } = await import("../room_toasts.js");
const { KINDS } = await import("../devices.js");
const { page } = await import("../words.js");
const { timeOfDay } = await import("../time.js");

const ENDS_AT = "2026-03-02T12:50:00Z";
const CLOSES_AT = "2026-03-02T13:00:00Z";
const MEETING = view({ state: "meeting", length: 50, times: { ends_at: ENDS_AT, closes_at: CLOSES_AT } });
const end = Date.parse(ENDS_AT);

function createToasts(t, { trouble = {} } = {}) {
  useVirtualTime(t);
  const connection = { isSilenced: false, isSoundRefused: false, startSound() {} };
  const devices = new FakeDevices();
  Object.assign(devices.trouble, trouble);
  devices.replacement = () => null;
  const root = showScreen("room");
  const scene = { connection, devices, panelsOpened: 0 };
  const toasts = new RoomToasts(root, connection, devices, () => (scene.panelsOpened += 1));
  t.after(() => toasts.dispose());
  toasts.toast.node.hidden = true;
  const draw = (now = NOW) => toasts.draw(MEETING, now);
  devices.addEventListener("change", () => draw());
  const part = (name) => toasts.toast.node.querySelector(`[data-toast-${name}]`);
  const shown = () => (toasts.toast.node.hidden ? null : part("text").textContent);
  const button = () => (part("button").hidden ? null : part("button").textContent);
  document.querySelector("#announce").textContent = "";
  draw();
  return Object.assign(scene, { draw, shown, button, toasts, press: () => part("button").onclick(), close: () => part("close").onclick() });
}

/** What is said of a trouble. */
function textOf(kind, trouble) {
  const { title, detail } = page.trouble[trouble][kind];
  return `${title}. ${detail}`;
}

const PRESSED_IN_VAIN = ["blocked", "closed", "system", "busy", "missing", "unsupported", "unanswered", "not_switched"];
const UNNOTICED = ["unplugged", "no_signal", "unsent"];

for (const kind of KINDS) {
  for (const trouble of PRESSED_IN_VAIN) {
    test(`every press in vain is shown and heard, though the trouble was there before: ${kind} ${trouble}`, async (t) => {
      const scene = createToasts(t, { trouble: { [kind]: trouble } });
      assert.equal(scene.shown(), null, "what the student knows already is not told");
      for (let press = 0; press < 2; press += 1) {
        scene.devices.report(kind, trouble);
        await passTime(t, 100, 100);
        assert.ok(scene.shown().startsWith(textOf(kind, trouble)), scene.shown());
        assert.equal(document.announced, scene.shown());
        document.querySelector("#announce").textContent = "";
      }
      await passTime(t, 30_000, 1_000);
      assert.equal(scene.shown(), null);
    });
  }

  for (const trouble of UNNOTICED) {
    test(`what the student cannot notice stays until it is over or closed: ${kind} ${trouble}`, async (t) => {
      const scene = createToasts(t);
      scene.devices.report(kind, trouble);
      await passTime(t, 600_000, 60_000);
      scene.draw();
      assert.equal(scene.shown(), textOf(kind, trouble));
      scene.devices.resolve(kind, trouble);
      assert.equal(scene.shown(), null);
      scene.devices.report(kind, trouble);
      scene.close();
      scene.draw();
      assert.equal(scene.shown(), null);
      scene.devices.report(kind, trouble);
      assert.equal(scene.shown(), textOf(kind, trouble));
    });

    test(`it is told in a room that the student enters with it: ${kind} ${trouble}`, (t) => {
      assert.equal(createToasts(t, { trouble: { [kind]: trouble } }).shown(), textOf(kind, trouble));
    });
  }
}

test("the other device is offered as soon as there is one, and is chosen with one press", (t) => {
  const scene = createToasts(t);
  const chosen = [];
  scene.devices.choose = (...choice) => chosen.push(choice);
  scene.devices.report("microphone", "unplugged");
  assert.equal(scene.button(), null);
  scene.devices.replacement = () => ({ deviceId: "built in", label: "Built-in microphone" });
  scene.devices.change({});
  assert.equal(scene.button(), "Use Built-in microphone");
  scene.press();
  assert.deepEqual(chosen, [["microphone", "built in"]]);
});

test("two troubles are told one after the other, and neither is lost", (t) => {
  const scene = createToasts(t);
  scene.devices.report("microphone", "unplugged");
  scene.devices.report("camera", "unplugged");
  scene.toasts.tell("Something else.");
  const seen = [];
  for (let time = 0; time < 3; time += 1) {
    seen.push(scene.shown());
    scene.close();
  }
  assert.deepEqual([seen, scene.shown()], [["Something else.", textOf("camera", "unplugged"), textOf("microphone", "unplugged")], null]);
});

test("speakers that went are told, with the way to others", async (t) => {
  const scene = createToasts(t);
  scene.devices.speakerTrouble = "unplugged";
  scene.devices.loseSpeaker("unplugged");
  await passTime(t, 100, 100);
  assert.deepEqual([scene.shown(), document.announced], [page.speaker_trouble.unplugged, page.speaker_trouble.unplugged]);
  scene.press();
  assert.equal(scene.panelsOpened, 1);
});

test("a press that did not turn the sound on says so", async (t) => {
  const scene = createToasts(t);
  scene.connection.isSilenced = true;
  scene.draw();
  assert.equal(scene.shown(), page.room.sound_blocked);
  await passTime(t, 100, 100);
  scene.press();
  scene.draw(); // the browser has not answered yet
  await passTime(t, 100, 100);
  assert.deepEqual([scene.shown(), document.announced], [page.room.sound_blocked, page.room.sound_blocked]);
  scene.connection.isSoundRefused = true;
  for (let press = 0; press < 2; press += 1) {
    scene.draw();
    await passTime(t, 100, 100);
    assert.deepEqual([scene.shown(), document.announced], [page.room.sound_still_blocked, page.room.sound_still_blocked]);
    document.querySelector("#announce").textContent = "";
    scene.press();
  }
  scene.connection.isSilenced = false;
  scene.draw();
  assert.equal(scene.shown(), null);
});

test("who speaks while muted is told; who is not muted is not", (t) => {
  const scene = createToasts(t);
  const speak = () => Array.from({ length: 10 }, () => scene.devices.dispatchEvent(new CustomEvent("level", { detail: 0.5 })));
  scene.devices.change({ on: { microphone: true } });
  speak();
  assert.equal(scene.shown(), null);
  scene.devices.change({ on: { microphone: false } });
  speak();
  assert.equal(scene.shown(), page.room.muted_but_speaking);
  scene.devices.change({ on: { microphone: true } });
  assert.equal(scene.shown(), null);
});

test("at the agreed length the student reads and hears until when they may stay, once", async (t) => {
  const { shown, toasts } = createToasts(t);
  toasts.draw(MEETING, end - 1);
  assert.equal(shown(), null);
  toasts.draw(MEETING, end);
  await passTime(t, 100);
  const text = `Your 50 minutes are over. You can stay until ${timeOfDay(CLOSES_AT)}, when the room closes.`;
  assert.deepEqual([shown(), document.announced], [text, text]);
  await passTime(t, 60_000, 1_000);
  toasts.draw(MEETING, end + 61_000);
  assert.equal(shown(), null);
});

test("it can be closed, and does not come again", async (t) => {
  const { close, shown, toasts } = createToasts(t);
  toasts.draw(MEETING, end);
  close();
  toasts.draw(MEETING, end + 1_000);
  assert.equal(shown(), null);
});

test("it waits while the browser blocks the sound", async (t) => {
  const { connection, shown, toasts } = createToasts(t);
  connection.isSilenced = true;
  toasts.draw(MEETING, end);
  const other = shown();
  connection.isSilenced = false;
  toasts.draw(MEETING, end + 1_000);
  assert.notEqual(shown(), other);
  assert.match(shown(), /50 minutes are over/);
});

test("before the two have met, no time is up", (t) => {
  const { shown, toasts } = createToasts(t);
  toasts.draw(view({ length: 50, times: { ends_at: null, closes_at: null } }), end);
  assert.equal(shown(), null);
});
