// One's own picture in the room: goes to four corners, by dragging or by arrow keys.

/** @param {HTMLElement} tile @param {HTMLElement} stage */
export function makeMovable(tile, stage) {
  tile.addEventListener("keydown", (event) => {
    const [vertical, horizontal] = corner(tile);
    const rtl = getComputedStyle(tile).direction === "rtl";
    const moves = /** @type {Record<string, string>} */ ({
      ArrowUp: `top-${horizontal}`,
      ArrowDown: `bottom-${horizontal}`,
      ArrowLeft: `${vertical}-${rtl ? "end" : "start"}`,
      ArrowRight: `${vertical}-${rtl ? "start" : "end"}`,
    });
    if (!(event.key in moves)) return;
    event.preventDefault();
    tile.dataset.corner = moves[event.key];
  });
  tile.addEventListener("pointerdown", (event) => tile.setPointerCapture(event.pointerId));
  tile.addEventListener("pointerup", (event) => {
    const box = stage.getBoundingClientRect();
    const left = event.clientX < box.left + box.width / 2;
    const rtl = getComputedStyle(tile).direction === "rtl";
    const vertical = event.clientY < box.top + box.height / 2 ? "top" : "bottom";
    tile.dataset.corner = `${vertical}-${left === rtl ? "end" : "start"}`;
  });
}

/** @param {HTMLElement} tile */
function corner(tile) {
  return (tile.dataset.corner ?? "bottom-end").split("-");
}
