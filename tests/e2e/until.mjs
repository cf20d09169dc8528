// Waiting for conditions, never for time.

export class Overdue extends Error {}

/**
 * Asks again and again until the answer is true (or something), and hands it back.
 * @template T
 * @param {string} what in words, for the message when it never comes
 * @param {() => T | Promise<T>} ask
 * @param {{ timeout?: number, every?: number, detail?: () => unknown }} [options] in ms
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(what, ask, { timeout = 20_000, every = 100, detail } = {}) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const answer = await ask();
    if (answer) return /** @type {NonNullable<T>} */ (answer);
    if (Date.now() > deadline) {
      const more = detail ? ` (${String(await detail())})` : '';
      throw new Overdue(`waited ${timeout} ms in vain until ${what}${more}`);
    }
    await new Promise((resolve) => setTimeout(resolve, every));
  }
}
