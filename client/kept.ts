/** The part of localStorage that is used here; it may throw (storage refused, or full), and then nothing is remembered. */
export type KeptText = Pick<Storage, 'getItem' | 'setItem'>;

/** Null where the user blocked it: then things hold for the page's life. */
export function localStorageOrNull(): KeptText | null {
  try {
    return globalThis.localStorage;
  } catch {
    return null;
  }
}
