// Whom you block, kept on this device by their identity; nobody else is ever told. One list for a page: its rooms and, by the
// browser's 'storage' event, its other tabs watch it. Imports no browser API.
import { localStorageOrNull, type KeptText } from './kept.ts';

export interface Block {
  readonly blocked: boolean; // you hear and read nothing of them
  readonly voiceKept: boolean; // they hear nothing of you
}

/** Somebody whom you block or keep your voice from, here or not. */
export interface BlockedPerson extends Block {
  readonly id: string; // as in Peer.id
  readonly name: string; // the last that was known
  readonly nameThen: string; // when you blocked them: whoever takes another name is still known by it
}

export const kBlockKey = 'grove.blocks';
const kPeopleMax = 1000; // guess: more than anybody ever blocked; about 100 kB
const kNameMax = 80; // characters; records hold 64 bytes (docs/protocol.md §4)
const kUnblocked: Block = { blocked: false, voiceKept: false };

type People = ReadonlyMap<string, BlockedPerson>;
type Watcher = (changed: readonly BlockedPerson[]) => void;

export class BlockStore {
  private people: People;
  private kept = true; // storage holds what we hold
  private readonly watchers = new Set<Watcher>();

  constructor(private readonly storage: KeptText | null) {
    this.people = this.read() ?? new Map();
  }

  get(id: string): Block {
    return this.people.get(id) ?? kUnblocked;
  }

  /** Most recently changed last. */
  all(): BlockedPerson[] {
    return [...this.people.values()];
  }

  /** The least recently changed make room. Reads before it writes, since other tabs share the storage. */
  set(id: string, change: Partial<Block>, name: string): void {
    const people = new Map((this.kept ? this.read() : null) ?? this.people);
    const { blocked, voiceKept, name: known, nameThen } = { name: '', nameThen: '', ...kUnblocked, ...people.get(id), ...change };
    const current = cut(name) || known;
    people.delete(id);
    if (blocked || voiceKept) people.set(id, { id, name: current, nameThen: nameThen || current, blocked, voiceKept });
    this.replace(new Map([...people].slice(-kPeopleMax)));
    try {
      this.storage?.setItem(kBlockKey, JSON.stringify([...this.people.values()].map(toRow)));
      this.kept = true;
    } catch {
      this.kept = false;
      // Full or refused: the block holds until the page closes.
    }
  }

  /** They call themselves something else now. */
  rename(id: string, name: string): void {
    const person = this.people.get(id);
    if (person && name !== '' && person.name !== cut(name)) this.set(id, {}, name);
  }

  /** Another tab has written. A list that was emptied from outside or spoilt unblocks nobody before the page closes. */
  reload(): void {
    const people = this.kept ? this.read() : null;
    if (people) this.replace(people);
  }

  /** Hears of those who changed; the returned function ends it. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  private replace(people: People): void {
    const before = this.people;
    this.people = people;
    const ids = new Set([...before.keys(), ...people.keys()]);
    const changed = [...ids].flatMap((id) => {
      const [was, is] = [before.get(id), people.get(id)];
      const same = was?.blocked === is?.blocked && was?.voiceKept === is?.voiceKept && was?.name === is?.name && was?.nameThen === is?.nameThen;
      return same ? [] : [is ?? { id, name: was?.name ?? '', nameThen: was?.nameThen ?? '', ...kUnblocked }];
    });
    if (changed.length > 0) for (const watcher of [...this.watchers]) watcher(changed);
  }

  /** Null: nothing is kept, or what is kept is spoilt as a whole. */
  private read(): People | null {
    try {
      const rows: unknown = JSON.parse(this.storage?.getItem(kBlockKey) ?? 'null');
      if (!Array.isArray(rows)) return null;
      return new Map(rows.filter(isRow).slice(-kPeopleMax).map(toPerson).map((person) => [person.id, person]));
    } catch {
      return null;
    }
  }
}

let ofPage: BlockStore | null = null;

/** The one of this page. */
export function pageBlocks(): BlockStore {
  if (ofPage) return ofPage;
  const store = (ofPage = new BlockStore(localStorageOrNull()));
  globalThis.addEventListener('storage', ({ key }) => {
    if (key === kBlockKey || key === null) store.reload();
  });
  return store;
}

type Row = [id: string, name: string, blocked: boolean, voiceKept: boolean, nameThen?: string];

function toRow({ id, name, blocked, voiceKept, nameThen }: BlockedPerson): Row {
  return [id, name, blocked, voiceKept, nameThen];
}

function toPerson([id, name, blocked, voiceKept, nameThen = name]: Row): BlockedPerson {
  return { id, name, nameThen, blocked, voiceKept };
}

/** What Peer.id looks like. */
export function isPeerId(id: string): boolean {
  return /^[0-9a-f]{32}$/.test(id);
}

function isRow(row: unknown): row is Row {
  if (!Array.isArray(row)) return false;
  const [id, name, blocked, voiceKept, nameThen = ''] = row as unknown[];
  return typeof id === 'string' && isPeerId(id) && typeof name === 'string' && name.length <= kNameMax && typeof blocked === 'boolean'
    && typeof voiceKept === 'boolean' && (blocked || voiceKept) && typeof nameThen === 'string' && nameThen.length <= kNameMax;
}

function cut(name: string): string {
  return name.slice(0, kNameMax);
}
