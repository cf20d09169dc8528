// Who came and who went since the last look, as sentences for those who do not see the cards move.
import { nameList, text } from '../text.ts';

export interface Present {
  readonly id: string;
  readonly name: string;
}

export class Attendance {
  private known = new Map<string, string>();

  // Sentences for what changed; an empty list for nothing.
  update(present: Iterable<Present>): string[] {
    const now = new Map<string, string>();
    for (const { id, name } of present) now.set(id, name === '' ? text.peer.nameless : name);
    const joined = [...now].filter(([id]) => !this.known.has(id)).map(([, name]) => name);
    const left = [...this.known].filter(([id]) => !now.has(id)).map(([, name]) => name);
    this.known = now;
    const sentences: string[] = [];
    if (joined.length > 0) sentences.push(text.room.joined(nameList(joined), joined.length > 1));
    if (left.length > 0) sentences.push(text.room.left(nameList(left), left.length > 1));
    return sentences;
  }
}
