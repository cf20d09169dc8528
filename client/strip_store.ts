// What you set for a person, kept on this device by their identity.
import type { KeptText } from './kept.ts';

export interface Strip {
  volumeDb: number; // -Infinity … +30
  silenced: boolean;
  pan: number; // -1 … +1
}

export const kPlainStrip: Strip = { volumeDb: 0, silenced: false, pan: 0 };

const kKey = 'grove.strips';
const kStripsMax = 500; // guess: more people than anybody ever adjusted; about 30 kB

type Row = [volumeDb: number | null, silenced: boolean, pan: number]; // JSON knows no -Infinity: null

export class StripStore {
  constructor(private readonly storage: KeptText | null) {}

  get(peer: string): Strip {
    const row = this.read().get(peer);
    return row ? { volumeDb: row[0] ?? -Infinity, silenced: row[1], pan: row[2] } : kPlainStrip;
  }

  /** The least recently changed make room. Reads before it writes, since other tabs share the storage. */
  set(peer: string, strip: Strip): void {
    const rows = this.read();
    rows.delete(peer);
    const isPlain = strip.volumeDb === 0 && !strip.silenced && strip.pan === 0;
    if (!isPlain) rows.set(peer, [Number.isFinite(strip.volumeDb) ? strip.volumeDb : null, strip.silenced, strip.pan]);
    const kept = [...rows].slice(-kStripsMax);
    try {
      this.storage?.setItem(kKey, JSON.stringify(kept));
    } catch {
      // Full or refused: the strip holds until the page closes.
    }
  }

  private read(): Map<string, Row> {
    try {
      const rows: unknown = JSON.parse(this.storage?.getItem(kKey) ?? '[]');
      return new Map(Array.isArray(rows) ? rows.filter(isEntry) : []);
    } catch {
      return new Map();
    }
  }
}

function isEntry(entry: unknown): entry is [string, Row] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string' || !Array.isArray(entry[1])) return false;
  const [volumeDb, silenced, pan] = entry[1] as unknown[];
  return (volumeDb === null || typeof volumeDb === 'number') && typeof silenced === 'boolean' && typeof pan === 'number';
}
