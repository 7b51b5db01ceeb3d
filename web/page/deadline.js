// A deadline for what a browser may never answer.

/**
 * The promise's value. Throws what it throws, or a TimeoutError when the time is up.
 * @template T
 * @param {Promise<T>} promise
 * @param {number} milliseconds
 */
export async function withinTime(promise, milliseconds) {
  /** @type {number | undefined} */
  let timer;
  const tooLate = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new DOMException("", "TimeoutError")), milliseconds);
  });
  try {
    return /** @type {T} */ (await Promise.race([promise, tooLate]));
  } finally {
    clearTimeout(timer);
  }
}
