// Who you are on this device: a few slots in IndexedDB, each the seed of a key, each guarded by a Web Lock held while a
// page uses it. So two tabs of one browser are two people, and a reload is the same one.

export interface Identity {
  seed: Uint8Array<ArrayBuffer>; // 32 bytes, of the Ed25519 key; the same seed is the same person
  release(): void; // lets another page of this browser be this person
}

export const kSeedBytes = 32;
const kSlotsMax = 64; // guess: more tabs than anybody talks in at once
const kReloadWaitMs = 1500; // guess: a page that is being reloaded lets its lock go a little later than the new one starts
const kRunKey = 'grove.run'; // in localStorage, for all slots
const kSlotKey = 'grove.slot'; // in sessionStorage, which belongs to one tab and survives its reload

/** Never fails: where the browser keeps nothing (private windows, blocked storage), you are somebody new each time. */
export async function takeIdentity(): Promise<Identity> {
  try {
    const mine = rememberedSlot();
    const slot = (mine !== null && (await lockSlot(mine, kReloadWaitMs))) || (await firstFreeSlot());
    if (slot) {
      sessionStorage.setItem(kSlotKey, String(slot.number));
      return { seed: await seedOfSlot(slot.number), release: slot.release };
    }
  } catch {
    // No storage, or no locks: below.
  }
  return { seed: randomSeed(), release: () => undefined };
}

/**
 * When a run starts, ms since 1970, later than every run before it on this device, even if the clock was set back: others
 * take a run that is not later for an old one.
 */
export function startOfRun(): number {
  const now = Date.now();
  try {
    const start = Math.max(now, Number(localStorage.getItem(kRunKey)) + 1 || 0);
    localStorage.setItem(kRunKey, String(start));
    return start;
  } catch {
    return now; // nothing is kept here, so nobody remembers this identity either
  }
}

interface Slot {
  number: number;
  release: () => void;
}

function rememberedSlot(): number | null {
  const text = sessionStorage.getItem(kSlotKey);
  const slot = Number(text);
  return text !== null && Number.isInteger(slot) && slot >= 0 && slot < kSlotsMax ? slot : null;
}

async function firstFreeSlot(): Promise<Slot | null> {
  for (let slot = 0; slot < kSlotsMax; ++slot) {
    const taken = await lockSlot(slot, 0);
    if (taken) return taken;
  }
  return null;
}

/** Null when another page holds the slot, and went on holding it for `waitMs`. */
function lockSlot(number: number, waitMs: number): Promise<Slot | null> {
  return new Promise((resolve, reject) => {
    const hold = (lock: Lock | null): Promise<void> | undefined => {
      if (!lock) return void resolve(null);
      return new Promise((release) => resolve({ number, release })); // the lock is ours until this resolves
    };
    const options: LockOptions = waitMs > 0 ? { signal: AbortSignal.timeout(waitMs) } : { ifAvailable: true };
    navigator.locks.request(`grove.identity.${number}`, options, hold).catch((error: unknown) => {
      if (error instanceof DOMException && error.name === 'TimeoutError') resolve(null);
      else reject(error instanceof Error ? error : new Error(String(error)));
    });
  });
}

async function seedOfSlot(slot: number): Promise<Uint8Array<ArrayBuffer>> {
  const database = await openDatabase();
  try {
    const fresh = randomSeed();
    const store = database.transaction(kStore, 'readwrite').objectStore(kStore);
    const kept: unknown = await finished(store.get(slot));
    if (kept instanceof Uint8Array && kept.length === kSeedBytes) return new Uint8Array(kept);
    await finished(store.put(fresh, slot));
    return fresh;
  } finally {
    database.close();
  }
}

const kStore = 'seeds';

function openDatabase(): Promise<IDBDatabase> {
  const opening = indexedDB.open('grove', 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(kStore);
  return finished(opening);
}

function finished<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB failed'));
  });
}

function randomSeed(): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(kSeedBytes));
}
