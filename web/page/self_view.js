// The student's own picture in the room: it moves between the four corners, by dragging or with the arrow keys.

const GLIDE_MS = 140;

/** @typedef {{ width: number, height: number, left: number, top: number }} Box */

/** @param {HTMLElement} selfView @param {HTMLElement} stage */
export function makeMovable(selfView, stage) {
  const isRtl = () => getComputedStyle(selfView).direction === "rtl";
  selfView.addEventListener("keydown", (event) => {
    const corner = cornerAfterKey(selfView.dataset.corner ?? "", event.key, isRtl());
    if (!corner) return;
    event.preventDefault();
    moveToCorner(selfView, corner);
  });
  selfView.addEventListener("pointerdown", (start) => {
    selfView.setPointerCapture(start.pointerId);
    selfView.onpointermove = ({ clientX, clientY }) => {
      selfView.style.translate = `${clientX - start.clientX}px ${clientY - start.clientY}px`;
    };
    selfView.onpointerup = selfView.onpointercancel = () => {
      selfView.onpointermove = selfView.onpointerup = selfView.onpointercancel = null;
      moveToCorner(selfView, nearestCorner(selfView.getBoundingClientRect(), stage.getBoundingClientRect(), isRtl()));
    };
  });
}

/** @param {HTMLElement} selfView @param {string} corner */
function moveToCorner(selfView, corner) {
  const before = selfView.getBoundingClientRect();
  selfView.style.translate = "";
  selfView.dataset.corner = corner;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const after = selfView.getBoundingClientRect();
  const from = `${before.left - after.left}px ${before.top - after.top}px`;
  selfView.animate([{ translate: from }, { translate: "0 0" }], { duration: GLIDE_MS, easing: "ease-out" });
}

/**
 * The corner an arrow key leads to, or null for any other key.
 * @param {string} corner such as "bottom-end"
 * @param {string} key
 * @param {boolean} isRtl whether text runs from right to left
 */
export function cornerAfterKey(corner, key, isRtl) {
  const [vertical, horizontal] = corner.split("-");
  if (key === "ArrowUp") return `top-${horizontal}`;
  if (key === "ArrowDown") return `bottom-${horizontal}`;
  if (key === "ArrowLeft") return `${vertical}-${isRtl ? "end" : "start"}`;
  if (key === "ArrowRight") return `${vertical}-${isRtl ? "start" : "end"}`;
  return null;
}

/**
 * The corner of the stage that is nearest to the middle of a box.
 * @param {Box} box
 * @param {Box} stage
 * @param {boolean} isRtl whether text runs from right to left
 */
export function nearestCorner(box, stage, isRtl) {
  const isLeft = box.left + box.width / 2 < stage.left + stage.width / 2;
  const isTop = box.top + box.height / 2 < stage.top + stage.height / 2;
  return `${isTop ? "top" : "bottom"}-${isLeft === isRtl ? "end" : "start"}`;
}
