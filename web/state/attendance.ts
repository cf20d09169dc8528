// Who came and who went since the last look, as sentences for those who do not see the cards move.
import { nameList, text } from '../text.ts';

export interface Present {
  readonly id: string;
  readonly name: string;
}

export interface Told {
  readonly sentence: string;
  readonly subject: string;  // of whom: who has left has not just joined
}

export class Attendance {
  private known = new Map<string, string>();

  // What changed; an empty list for nothing.
  update(present: Iterable<Present>): Told[] {
    const now = new Map<string, string>();
    for (const { id, name } of present) now.set(id, name === '' ? text.peer.nameless : name);
    const joined = [...now].filter(([id]) => !this.known.has(id));
    const left = [...this.known].filter(([id]) => !now.has(id));
    this.known = now;
    return [tell(joined, text.room.joined), tell(left, text.room.left)].flat();
  }
}

function tell(people: readonly [id: string, name: string][], words: (names: string, many: boolean) => string): Told[] {
  if (people.length === 0) return [];
  const sentence = words(nameList(people.map(([, name]) => name)), people.length > 1);
  return [{ sentence, subject: people.map(([id]) => id).join(' ') }];
}
