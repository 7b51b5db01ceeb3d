// One's own picture in the room: goes to four corners, by dragging or by arrow keys.

const GLIDE = 140;

/** @typedef {{ width: number, height: number, left: number, top: number }} Box */

/** @param {HTMLElement} tile @param {HTMLElement} stage */
export function makeMovable(tile, stage) {
  const isRtl = () => getComputedStyle(tile).direction === "rtl";
  tile.addEventListener("keydown", (event) => {
    const corner = cornerAfter(tile.dataset.corner ?? "", event.key, isRtl());
    if (!corner) return;
    event.preventDefault();
    moveTo(tile, corner);
  });
  tile.addEventListener("pointerdown", (start) => {
    tile.setPointerCapture(start.pointerId);
    tile.onpointermove = ({ clientX, clientY }) => {
      tile.style.translate = `${clientX - start.clientX}px ${clientY - start.clientY}px`;
    };
    tile.onpointerup = tile.onpointercancel = () => {
      tile.onpointermove = tile.onpointerup = tile.onpointercancel = null;
      moveTo(tile, cornerAt(tile.getBoundingClientRect(), stage.getBoundingClientRect(), isRtl()));
    };
  });
}

/** @param {HTMLElement} tile @param {string} corner */
function moveTo(tile, corner) {
  const before = tile.getBoundingClientRect();
  tile.style.translate = "";
  tile.dataset.corner = corner;
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const after = tile.getBoundingClientRect();
  const from = `${before.left - after.left}px ${before.top - after.top}px`;
  tile.animate([{ translate: from }, { translate: "0 0" }], { duration: GLIDE, easing: "ease-out" });
}

/**
 * The corner an arrow key leads to, or null for any other key.
 * @param {string} corner such as "bottom-end"
 * @param {string} key
 * @param {boolean} rtl whether lines start at the right
 */
export function cornerAfter(corner, key, rtl) {
  const [vertical, horizontal] = corner.split("-");
  if (key === "ArrowUp") return `top-${horizontal}`;
  if (key === "ArrowDown") return `bottom-${horizontal}`;
  if (key === "ArrowLeft") return `${vertical}-${rtl ? "end" : "start"}`;
  if (key === "ArrowRight") return `${vertical}-${rtl ? "start" : "end"}`;
  return null;
}

/**
 * The corner of the stage that the tile's middle is in.
 * @param {Box} tile
 * @param {Box} stage
 * @param {boolean} rtl
 */
export function cornerAt(tile, stage, rtl) {
  const isLeft = tile.left + tile.width / 2 < stage.left + stage.width / 2;
  const isTop = tile.top + tile.height / 2 < stage.top + stage.height / 2;
  return `${isTop ? "top" : "bottom"}-${isLeft === rtl ? "end" : "start"}`;
}
