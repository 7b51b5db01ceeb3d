// The partner's picture, and the last frame that is kept while they cannot be reached.

import assert from "node:assert/strict";
import { test } from "node:test";
import { useFakeElements } from "./fake_browser.js";

const RECENT_MS = 5_000;
const TRACK = () => ({ attach: (element) => (element.videoWidth = 640), detach: (element) => (element.videoWidth = 0) });

/** A partner with a camera as given; undefined: none was published. */
function partner(camera) {
  const microphone = { source: "microphone", isMuted: false, track: TRACK() };
  return { trackPublications: new Map(Object.entries({ microphone, ...(camera && { camera: { source: "camera", ...camera } }) })) };
}

/** The media with a partner whose camera has been on; `isFrameShown` says whether a picture of them is laid over the video. */
async function createMedia(t) {
  t.mock.timers.enable({ apis: ["Date"], now: 0 });
  const root = useFakeElements(t);
  const { PartnerMedia } = await import("../partner_media.js");
  const media = new PartnerMedia(root);
  media.video.videoHeight = 360;
  const withCamera = partner({ isMuted: false, track: TRACK() });
  for (let second = 0; second < 3; second += 1) {
    t.mock.timers.tick(1_000);
    media.draw(withCamera, "Mara");
  }
  const isFrameShown = () => !media.lastFrame.hidden && media.lastFrame.width > 0 && media.lastFrame.drawn > 0;
  assert.equal(isFrameShown(), false);
  return { media, root, withCamera, isFrameShown };
}

test("the last frame is shown while the partner cannot be reached, for as long as that lasts", async (t) => {
  const { media, isFrameShown } = await createMedia(t);
  for (let second = 0; second < 60; second += 1) {
    media.hold();
    t.mock.timers.tick(1_000);
    assert.equal(isFrameShown(), true);
  }
});

test("the frame stays when the client has removed the video and several events are drawn", async (t) => {
  const { media, isFrameShown } = await createMedia(t);
  media.video.videoWidth = 0;
  for (let event = 0; event < 5; event += 1) media.hold();
  assert.equal(isFrameShown(), true);
});

test("a track that LiveKit takes away just before the partner leaves the frame as it is", async (t) => {
  const { media, isFrameShown } = await createMedia(t);
  media.draw(partner({ isMuted: false, track: undefined }), "Mara");
  media.draw(partner(undefined), "Mara");
  media.hold();
  assert.equal(isFrameShown(), true);
});

const NO_FRAME = {
  "turned the camera off": ({ media }) => media.draw(partner({ isMuted: true, track: TRACK() }), "Mara"),
  "is out": ({ media }) => media.draw(null, "Mara"),
  "came back without a camera": ({ media }, t) => {
    media.draw(partner(undefined), "Mara");
    t.mock.timers.tick(RECENT_MS);
  },
};

for (const [what, happen] of Object.entries(NO_FRAME)) {
  test(`no frame is shown of a partner who ${what}`, async (t) => {
    const scene = await createMedia(t);
    happen(scene, t);
    scene.media.hold();
    assert.equal(scene.isFrameShown(), false);
  });
}

test("a picture that is hidden again leaves no frame behind", async (t) => {
  const { media, withCamera, isFrameShown } = await createMedia(t);
  media.draw(withCamera, "Mara", true);
  assert.deepEqual([media.video.hidden, media.video.videoWidth], [true, 0]);
  media.hold();
  assert.equal(isFrameShown(), false);
});

test("the frame gives way to the video when the partner is back", async (t) => {
  const { media, withCamera, isFrameShown } = await createMedia(t);
  media.hold();
  media.draw(withCamera, "Mara");
  assert.equal(isFrameShown(), false);
});

test("the page says that the camera is off only when it is", async (t) => {
  const { media, root, withCamera } = await createMedia(t);
  const says = (someone) => {
    media.draw(someone, "Mara");
    return [!root.querySelector("[data-no-picture]").hidden, !root.querySelector("[data-camera-off]").hidden];
  };
  assert.deepEqual(says(withCamera), [false, false]);
  assert.deepEqual(says(partner({ isMuted: true, track: TRACK() })), [true, true]);
  assert.deepEqual(says(partner(undefined)), [true, true]);
  assert.deepEqual(says(partner({ isMuted: false, track: undefined })), [true, false], "the picture is on its way");
});
