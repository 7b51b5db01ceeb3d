// The life of a screen's state. Timers and listeners that are tied to it end with it, whoever started them.

const END = "end";

/**
 * A signal that aborts when the state ends that the screen shows now; for a prepared screen, the first one it will show.
 * @param {Element} node the screen, or something on it
 */
export function lifeOf(node) {
  const life = new AbortController();
  node.closest(".screen")?.addEventListener(END, () => life.abort(), { once: true });
  return life.signal;
}

/** End the state that a screen shows. The picture stays until the next screen replaces it. @param {Element} screen */
export function endLife(screen) {
  screen.dispatchEvent(new Event(END));
}

/**
 * Run an action after a delay, unless `life` ends first. Returns a function that cancels it.
 * @param {AbortSignal} life
 * @param {() => void} action
 * @param {number} delayMs
 */
export function runLater(life, action, delayMs) {
  if (life.aborted) return () => {};
  const cancel = () => {
    life.removeEventListener("abort", cancel);
    clearTimeout(timer);
    timer = undefined;
  };
  /** @type {number | undefined} */
  let timer = setTimeout(() => {
    timer = undefined;
    cancel();
    action();
  }, delayMs);
  life.addEventListener("abort", cancel);
  return cancel;
}

/**
 * Run an action at every interval while `life` lasts. Returns a function that ends it.
 * @param {AbortSignal} life
 * @param {() => void} action
 * @param {number} intervalMs
 */
export function runRegularly(life, action, intervalMs) {
  if (life.aborted) return () => {};
  const timer = setInterval(action, intervalMs);
  const cancel = () => {
    life.removeEventListener("abort", cancel);
    clearInterval(timer);
  };
  life.addEventListener("abort", cancel);
  return cancel;
}
