// Who came and who went since the last look, as sentences for those who do not see the cards move.
import { nameList, text } from '../text.ts';
import type { NameBook } from './names.ts';

export interface Present {
  readonly id: string;
  readonly name: string;
  readonly blocked: boolean;
}

export interface Told {
  readonly sentence: string;
  readonly subject: string;  // of whom: who has left has not just joined
}

const kFindingMs = 4000;  // after the door has opened: so long it takes to find those who are here; guess
const kHere = 'here';

export class Attendance {
  private known = new Map<string, Present>();
  private foundAtMs: number | null = null;  // when those who were here before us will have been found

  // What changed; an empty list for nothing. Who is blocked comes and goes unseen. The first people to be seen have not
  // joined: they were here.
  update(present: Iterable<Present>, names: Pick<NameBook, 'of'>, nowMs: number, isDoorOpen: boolean): Told[] {
    const now = new Map<string, Present>();
    for (const { id, name, blocked } of present) now.set(id, { id, name: names.of(id, name), blocked });
    const joined = [...now.values()].filter(({ id, blocked }) => !blocked && !this.known.has(id));
    const left = [...this.known.values()].filter(({ id, blocked }) => !blocked && !now.has(id));
    this.known = now;
    if (isDoorOpen) this.foundAtMs ??= nowMs + kFindingMs;
    const isFinding = this.foundAtMs === null || nowMs < this.foundAtMs;
    const here = isFinding && joined.length > 0 ? [...now.values()].filter(({ blocked }) => !blocked) : [];
    return [
      tell(here, text.room.here, kHere),
      isFinding ? [] : tell(joined, text.room.joined),
      tell(left, text.room.left),
    ].flat();
  }
}

function tell(people: readonly Present[], words: (names: string, many: boolean) => string, subject?: string): Told[] {
  if (people.length === 0) return [];
  const sentence = words(nameList(people.map(({ name }) => name)), people.length > 1);
  return [{ sentence, subject: subject ?? people.map(({ id }) => id).join(' ') }];
}
