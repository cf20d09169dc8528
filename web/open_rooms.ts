// Which rooms this browser has open: a tab holds a shared Web Lock while it is in one. Each tab is a person of its own
// (client/identity.ts), so whoever opens a room twice is in it twice. Where there are no locks, nobody is told.
const kReloadWaitMs = 1500;  // as client/identity.ts: a page that is being reloaded lets its lock go a little late

export async function isOpenInAnotherTab(link: string): Promise<boolean> {
  try {
    const name = await lockName(link);
    if (!await isHeld(name)) return false;
    await new Promise((resolve) => setTimeout(resolve, kReloadWaitMs));
    return await isHeld(name);
  } catch {
    return false;
  }
}

export async function holdOpen(link: string, room: EventTarget): Promise<void> {
  const left = new Promise((resolve) => room.addEventListener('left', resolve, { once: true }));
  try {
    await navigator.locks.request(await lockName(link), { mode: 'shared' }, () => left);
  } catch {
    // As above.
  }
}

async function isHeld(name: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query();
  return held.some((lock) => lock.name === name);
}

// The secret stands in no list of locks.
async function lockName(link: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(new URL(link).hash));
  return `grove.room.${[...new Uint8Array(digest, 0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
