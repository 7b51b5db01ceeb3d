// Keeps the keyboard's place: when the focused element disappears, the heading next to where it was gets the focus. A browser
// would give it to the document, so that Tab begins at the top again and a screen reader falls silent.

const NEIGHBOURHOODS = "section, .screen";
const HEADINGS = "h1[tabindex], h2[tabindex]";

/** Watch everything inside `root`, for as long as the page is open. @param {Element} root */
export function keepFocus(root) {
  /** @type {Element[]} the focused element and what it is in, from the inside out */
  let place = [];
  root.addEventListener("focusin", ({ target }) => (place = ancestorsOf(/** @type {Element} */ (target))));
  root.addEventListener("focusout", () => {
    const left = place;
    // After the event: until then an element that is being removed looks as if the student had left it.
    queueMicrotask(() => {
      if (place === left && left.length && isShown(left[0])) place = [];
    });
  });
  const refocus = () => {
    if (!place.length || isShown(place[0])) return;
    const [, ...around] = place;
    place = [];
    nearestHeading(around)?.focus({ preventScroll: true });
  };
  new MutationObserver(refocus).observe(root, { subtree: true, childList: true, attributeFilter: ["hidden"] });
}

/** @param {Element} element */
function ancestorsOf(element) {
  const ancestors = [];
  for (let node = /** @type {Element | null} */ (element); node; node = node.parentElement) ancestors.push(node);
  return ancestors;
}

/** @param {Element[]} around from the inside out */
function nearestHeading(around) {
  const headings = around
    .filter((node) => node.isConnected && node.matches(NEIGHBOURHOODS))
    .flatMap((node) => [.../** @type {NodeListOf<HTMLElement>} */ (node.querySelectorAll(HEADINGS))]);
  return headings.find(isShown);
}

/** @param {Element} element */
function isShown(element) {
  return element.getClientRects().length > 0;
}
