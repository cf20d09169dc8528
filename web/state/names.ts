// How people are called on the page, so that each can be told from the others: of equal names, and of names that are the
// page's own words, the beginning of the id is said too: “Ada (3f2a)”. Colours alone tell nobody who does not see them.
import { text } from '../text.ts';
import { plainName, seenOf } from './plain_name.ts';
import type { RoomView } from './session.ts';

export interface Named {
  readonly id: string;
  readonly name: string;
}

const kDigitsMin = 4;
const kLooksMarked = /\([0-9a-f]+\)$/;

export class NameBook {
  private readonly idsOf = new Map<string, Set<string>>();  // by what is seen of a name

  constructor(people: Iterable<Named>, private readonly me: string) {
    for (const { id, name } of people) {
      const seen = look(name);
      this.idsOf.set(seen, (this.idsOf.get(seen) ?? new Set()).add(id));
    }
  }

  // For a sentence; by itself: bareName of it. Also of somebody who is not in the book.
  of(id: string, name: string): string {
    const plain = plainName(name, text.peer.nameless);
    if (id === this.me) return plain;
    const seen = look(name);
    const others = [...this.idsOf.get(seen) ?? []].filter((other) => other !== id);
    const isClear = others.length === 0 && seen !== look(text.room.you) && !kLooksMarked.test(seen);
    return isClear ? plain : `${plain} (${shortId(id, others)})`;
  }

  // Equal books give equal names.
  get key(): string {
    return [...this.idsOf].filter(([, ids]) => ids.size > 1).map(([seen, ids]) => [seen, ...ids].join(' ')).sort().join('\n');
  }
}

export function namesInRoom({ me, peers }: Pick<RoomView, 'me' | 'peers'>, more: Iterable<Named> = []): NameBook {
  return new NameBook([me, ...peers.values(), ...more], me.id);
}

// What eyes compare: neither case nor width, and nothing that is not seen.
function look(name: string): string {
  return seenOf(plainName(name, text.peer.nameless)).normalize('NFKC').toLowerCase();
}

// As long as it must be to differ: whoever wants the same first digits can have them.
function shortId(id: string, others: readonly string[]): string {
  let digits = kDigitsMin;
  while (digits < id.length && others.some((other) => other.startsWith(id.slice(0, digits)))) digits++;
  return id.slice(0, digits);
}
