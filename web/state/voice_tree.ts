// One person's tree out of the picture of the room: who has their voice from whom, and how long it takes. Pure.
import type { PictureTree, RoomPicture } from '@grove/client';
import { text } from '../text.ts';
import { NameBook } from './names.ts';

export interface LinkFigures {
  readonly oneWayMs: number | null;  // half of the round trip; null: not measured yet
  readonly lossPercent: number;
}

export interface Branch extends LinkFigures {
  readonly id: string;
  readonly name: string;
  readonly isMe: boolean;
  readonly parent: string | null;  // null: the source itself
  readonly depth: number;
  readonly totalMs: number | null;  // from the source's mouth to here, links only
  readonly guardian: string | null;
  readonly isHot: boolean;
  readonly children: readonly Branch[];
}

export interface VoiceTree {
  readonly root: Branch;
  readonly isLive: boolean;
  readonly listeners: number;
  readonly direct: number;  // of them
}

type LinkFinder = (one: string, other: string) => LinkFigures;

// Null: no plan of theirs has come here, or it has nobody in it.
export function voiceTree(picture: RoomPicture, source: string): VoiceTree | null {
  const planned = picture.trees.find((tree) => tree.source === source);
  if (!planned) return null;
  const grow = new Growth(picture, planned);
  const root = grow.branch(source, null, null);
  if (root.children.length === 0) return null;
  return { root, isLive: planned.live, listeners: grow.seen.size - 1, direct: root.children.length };
}

// The planner takes the larger of what both ends claim of a link (DESIGN.md §4), and so do we.
export function linkFinder(picture: RoomPicture): LinkFinder {
  const claims = new Map<string, { rttMs: number | null; lossPercent: number }>();
  for (const { id, links } of picture.people) for (const link of links) claims.set(`${id} ${link.to}`, link);
  return (one, other) => {
    const both = [claims.get(`${one} ${other}`), claims.get(`${other} ${one}`)].filter((claim) => claim !== undefined);
    const rtts = both.map(({ rttMs }) => rttMs).filter((rtt) => rtt !== null);
    return {
      oneWayMs: rtts.length > 0 ? Math.max(...rtts) / 2 : null,
      lossPercent: Math.max(0, ...both.map(({ lossPercent }) => lossPercent)),
    };
  };
}

export function namesOf(picture: RoomPicture): Map<string, string> {
  const names = new NameBook(picture.people, picture.me);
  return new Map(picture.people.map(({ id, name }) => [id, names.of(id, name)]));
}

const collator = new Intl.Collator('en', { numeric: true });

// Always the same order, so that nobody changes places because somebody else came.
export function byName(one: { name: string; id: string }, other: { name: string; id: string }): number {
  return collator.compare(one.name, other.name) || (one.id < other.id ? -1 : 1);
}

export function branchesOf(root: Branch): Branch[] {
  return [root, ...root.children.flatMap(branchesOf)];
}

// The ids from the source to somebody, both included; empty when they are not in the tree.
export function wayTo(root: Branch, id: string): string[] {
  if (root.id === id) return [id];
  for (const child of root.children) {
    const rest = wayTo(child, id);
    if (rest.length > 0) return [root.id, ...rest];
  }
  return [];
}

class Growth {
  readonly seen = new Set<string>();  // a plan that were not a tree would still end
  private readonly names: Map<string, string>;
  private readonly linkOf: LinkFinder;
  private readonly seats = new Map<string, PictureTree['seats'][number]>();
  private readonly children = new Map<string, string[]>();

  constructor(private readonly picture: RoomPicture, tree: PictureTree) {
    this.names = namesOf(picture);
    this.linkOf = linkFinder(picture);
    for (const seat of tree.seats) {
      this.seats.set(seat.listener, seat);
      if (seat.parent !== null) this.children.set(seat.parent, [...this.children.get(seat.parent) ?? [], seat.listener]);
    }
  }

  branch(id: string, parent: string | null, above: { depth: number; totalMs: number | null } | null): Branch {
    this.seen.add(id);
    const link = parent === null ? { oneWayMs: 0, lossPercent: 0 } : this.linkOf(parent, id);
    const totalMs = above === null ? 0
      : above.totalMs === null || link.oneWayMs === null ? null : above.totalMs + link.oneWayMs;
    const depth = above === null ? 0 : above.depth + 1;
    const seat = parent === null ? undefined : this.seats.get(id);
    const children = (this.children.get(id) ?? [])
      .map((child) => ({ id: child, name: this.names.get(child) ?? text.peer.nameless }))
      .sort(byName)
      .filter((child) => !this.seen.has(child.id))
      .map((child) => this.branch(child.id, id, { depth, totalMs }));
    return {
      ...link, id, parent, depth, totalMs, children,
      name: this.names.get(id) ?? text.peer.nameless,
      isMe: id === this.picture.me,
      guardian: seat?.guardian ?? null,
      isHot: seat?.hot ?? false,
    };
  }
}
