// From the bytes of node_view (wasm/node_exports.cpp) to the picture that the library shows.
import type { PeerRole, PictureLink, PicturePerson, PictureSeat, PictureTree, RoomPicture } from '../room_picture.ts';
import { hex } from './hex.ts';

// The order of wire::Role (core/wire/record.h).
export const kRoles = ['desktop', 'phone', 'hiddenTab', 'metered'] as const satisfies readonly PeerRole[];

const kIdBytes = 16;

/** @throws RangeError when the bytes are no picture, which only a module of another version gives */
export function decodeRoomView(bytes: Uint8Array): RoomPicture {
  const read = new Reader(bytes);
  const mapHash = read.u64().toString(16).padStart(16, '0');
  const self = read.u16();
  const people = list(read.u16(), () => readPerson(read));
  const idAt = (place: number): string | null => people[place]?.id ?? null;
  const known = (place: number): string => idAt(place) ?? outOfRange(`nobody has place ${place}`);
  const trees = list(read.u16(), () => readTree(read, idAt, known));
  const pullsOpen = read.u32();
  read.end();
  return {
    me: known(self),
    people: people.map(({ claims, ...person }) => ({
      ...person,
      links: claims.map(({ to, ...link }): PictureLink => ({ to: known(to), ...link })),
    })),
    trees,
    pullsOpen,
    mapHash,
  };
}

interface RawPerson extends Omit<PicturePerson, 'links'> {
  claims: { to: number; rttMs: number | null; lossPercent: number }[];
}

function readPerson(read: Reader): RawPerson {
  const id = hex(read.bytes(kIdBytes));
  const name = new TextDecoder().decode(read.bytes(read.u8()));
  const role = kRoles[read.u8()] ?? outOfRange('a role of unknown kind');
  const atDoor = read.u8() !== 0;
  const copiesMax = read.u8();
  const claims = list(read.u16(), () => {
    const to = read.u16();
    const rttUs = read.u32();
    return { to, rttMs: rttUs === 0 ? null : rttUs / 1000, lossPercent: read.u8() };
  });
  return { id, name, role, atDoor, copiesMax, claims };
}

function readTree(
  read: Reader,
  idAt: (place: number) => string | null,
  known: (place: number) => string,
): PictureTree {
  const source = known(read.u16());
  const epoch = read.u32();
  const live = read.u8() !== 0;
  const seats = list(read.u16(), (): PictureSeat => {
    const listener = known(read.u16());
    const parent = idAt(read.u16());
    const guardian = idAt(read.u16());
    return { listener, parent, guardian, hot: read.u8() !== 0 };
  });
  return { source, epoch, live, seats };
}

function list<Item>(length: number, next: () => Item): Item[] {
  return Array.from({ length }, next);
}

function outOfRange(what: string): never {
  throw new RangeError(`the picture of the room is spoilt: ${what}`);
}

/** Little-endian, and strict: DataView throws a RangeError at the end of the bytes. */
class Reader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly all: Uint8Array) {
    this.view = new DataView(all.buffer, all.byteOffset, all.byteLength);
  }

  u8(): number {
    return this.view.getUint8(this.step(1));
  }
  u16(): number {
    return this.view.getUint16(this.step(2), true);
  }
  u32(): number {
    return this.view.getUint32(this.step(4), true);
  }
  u64(): bigint {
    return this.view.getBigUint64(this.step(8), true);
  }
  bytes(length: number): Uint8Array {
    const at = this.step(length);
    return this.all.subarray(at, this.at);
  }
  end(): void {
    if (this.at !== this.all.length) outOfRange(`${this.all.length - this.at} bytes are left`);
  }

  private step(length: number): number {
    const at = this.at;
    if (at + length > this.all.length) outOfRange('it ends too early');
    this.at += length;
    return at;
  }
}
