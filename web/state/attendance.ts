// Who came and who went since the last look, as sentences for those who do not see the cards move.
import { nameList, text } from '../text.ts';

export interface Present {
  readonly id: string;
  readonly name: string;
  readonly blocked: boolean;
}

export interface Told {
  readonly sentence: string;
  readonly subject: string;  // of whom: who has left has not just joined
}

export class Attendance {
  private known = new Map<string, Present>();

  // What changed; an empty list for nothing. Who is blocked comes and goes unseen.
  update(present: Iterable<Present>): Told[] {
    const now = new Map<string, Present>();
    for (const { id, name, blocked } of present) now.set(id, { id, name: name === '' ? text.peer.nameless : name, blocked });
    const joined = [...now.values()].filter(({ id, blocked }) => !blocked && !this.known.has(id));
    const left = [...this.known.values()].filter(({ id, blocked }) => !blocked && !now.has(id));
    this.known = now;
    return [tell(joined, text.room.joined), tell(left, text.room.left)].flat();
  }
}

function tell(people: readonly Present[], words: (names: string, many: boolean) => string): Told[] {
  if (people.length === 0) return [];
  const sentence = words(nameList(people.map(({ name }) => name)), people.length > 1);
  return [{ sentence, subject: people.map(({ id }) => id).join(' ') }];
}
