// To whom no way was found for longer than it takes.
import type { PeerView } from './session.ts';

export const kSlowMs = 8000;  // connecting takes one or two seconds, and some more through others; guess

export class SlowLinks {
  private since = new Map<string, number>();

  // `nextMs`: when to look again, if nothing else changes; null: nobody is on the way.
  update(peers: Iterable<Pick<PeerView, 'id' | 'link'>>, nowMs: number): { slow: Set<string>; nextMs: number | null } {
    const since = new Map<string, number>();
    for (const { id, link } of peers) if (link === 'connecting') since.set(id, this.since.get(id) ?? nowMs);
    this.since = since;
    const slow = new Set([...since].filter(([, began]) => nowMs - began >= kSlowMs).map(([id]) => id));
    const waiting = [...since].filter(([id]) => !slow.has(id)).map(([, began]) => began + kSlowMs);
    return { slow, nextMs: waiting.length > 0 ? Math.min(...waiting) : null };
  }
}
