// Whether a video fills the stage, cropped, or is shown whole. Pure: tested without a browser.

/** The share of its width or height that a video may lose to cropping, on a wide and on a tall stage. */
const CROP_LIMIT = { wide: 0.25, tall: 0.36 };

/**
 * @param {{ width: number, height: number }} video
 * @param {{ width: number, height: number }} stage
 */
export function fillsStage(video, stage) {
  const ratios = [video.width / video.height, stage.width / stage.height];
  const cropped = 1 - Math.min(...ratios) / Math.max(...ratios);
  return cropped / 2 <= (stage.width >= stage.height ? CROP_LIMIT.wide : CROP_LIMIT.tall);
}
