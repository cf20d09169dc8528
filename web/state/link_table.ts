// The links of one person, and what they carry just now. Pure.
import type { PeerRole, RoomPicture } from '@grove/client';
import { text } from '../text.ts';
import { whoseVoice } from './tree_words.ts';
import { byName, type LinkFigures, linkFinder, namesOf } from './voice_tree.ts';

export interface LinkRow extends LinkFigures {
  readonly id: string;  // of the other end
  readonly name: string;
  readonly sends: readonly string[];  // “Ada’s voice”: what goes over there
  readonly gets: readonly string[];   // and come from there
}

export interface LinkTable {
  readonly rows: readonly LinkRow[];
  readonly slowest: LinkRow | null;
  readonly lossiest: LinkRow | null;  // null: nothing gets lost
  readonly about: string;
}

export function linkTable(picture: RoomPicture, id: string): LinkTable {
  const names = namesOf(picture);
  const figuresOf = linkFinder(picture);
  const person = picture.people.find((one) => one.id === id);
  const others = new Set(person?.links.map(({ to }) => to));
  for (const other of picture.people) if (other.links.some(({ to }) => to === id)) others.add(other.id);
  const rows = [...others].map((other): LinkRow => ({
    ...figuresOf(id, other), id: other, name: names.get(other) ?? text.peer.nameless,
    sends: liveVoices(picture, names, id, other), gets: liveVoices(picture, names, other, id),
  })).sort(byName);
  return {
    rows,
    slowest: largest(rows, ({ oneWayMs }) => oneWayMs ?? 0),
    lossiest: largest(rows, ({ lossPercent }) => lossPercent),
    about: person ? speakAbout(person.role, person.copiesMax, person.atDoor) : '',
  };
}

function liveVoices(picture: RoomPicture, names: ReadonlyMap<string, string>, from: string, to: string): string[] {
  return picture.trees
    .filter(({ live, seats }) => live && seats.some(({ parent, listener }) => parent === from && listener === to))
    .map(({ source }) => whoseVoice({ isMe: source === picture.me, name: names.get(source) ?? text.peer.nameless }));
}

function largest(rows: readonly LinkRow[], of: (row: LinkRow) => number): LinkRow | null {
  const most = Math.max(0, ...rows.map(of));
  return most > 0 ? rows.find((row) => of(row) === most) ?? null : null;
}

function speakAbout(role: PeerRole, copiesMax: number, atDoor: boolean): string {
  const parts = [text.trees.role[role], text.trees.copies(copiesMax)];
  if (atDoor) parts.push(text.trees.atDoor);
  return parts.join(' · ');
}
