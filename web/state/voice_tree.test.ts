import type { PicturePerson, PictureSeat, RoomPicture } from '@grove/client';
import { describe, expect, it } from 'vitest';
import { syntheticRoom } from '../testing/synthetic_room.ts';
import { branchesOf, linkFinder, voiceTree, wayTo } from './voice_tree.ts';

const person = (id: string, links: Record<string, [rttMs: number | null, loss: number]> = {}): PicturePerson => ({
  id, name: id.toUpperCase(), role: 'desktop', atDoor: false, copiesMax: 8,
  links: Object.entries(links).map(([to, [rttMs, lossPercent]]) => ({ to, rttMs, lossPercent })),
});
const seat = (listener: string, parent: string | null, guardian: string | null = null): PictureSeat => ({ listener, parent, guardian, hot: false });
const room = (people: PicturePerson[], seats: PictureSeat[]): RoomPicture => ({
  me: 'a', people, trees: [{ source: 'a', epoch: 1, live: false, seats }], pullsOpen: 0, mapHash: '',
});

describe('the tree of a voice', () => {
  const people = [person('a', { b: [20, 0] }), person('b', { a: [30, 2], c: [null, 0] }), person('c', { b: [10, 0] }), person('d')];

  it('sums_the_way_from_the_mouth_with_half_of_the_larger_round_trip', () => {
    const tree = voiceTree(room(people, [seat('c', 'b', 'a'), seat('b', 'a')]), 'a');
    expect(tree).toMatchObject({ listeners: 2, direct: 1, isLive: false });
    const [b] = tree?.root.children ?? [];
    expect(b).toMatchObject({ id: 'b', name: 'B', oneWayMs: 15, lossPercent: 2, totalMs: 15, depth: 1 });
    expect(b?.children[0]).toMatchObject({ id: 'c', oneWayMs: 5, totalMs: 20, depth: 2, guardian: 'a' });
  });

  it('does_not_guess_what_nobody_measured', () => {
    const tree = voiceTree(room(people, [seat('d', 'a'), seat('b', 'd')]), 'a');
    expect(tree?.root.children[0]).toMatchObject({ id: 'd', oneWayMs: null, totalMs: null });
    expect(tree?.root.children[0]?.children[0]?.totalMs).toBeNull();
  });

  it('is_null_where_no_plan_is_known_or_nobody_listens', () => {
    expect(voiceTree(room(people, []), 'a')).toBeNull();
    expect(voiceTree(room(people, [seat('c', 'b')]), 'b')).toBeNull();
  });

  it('ends_even_where_a_plan_is_no_tree', () => {
    const ring = [seat('b', 'c'), seat('c', 'b'), seat('d', 'a'), seat('a', 'd')];
    expect(branchesOf(voiceTree(room(people, ring), 'a')?.root ?? expect.fail()).map(({ id }) => id)).toEqual(['a', 'd']);
  });

  it('leaves_out_whoever_hangs_on_somebody_unknown', () => {
    const tree = voiceTree(room(people, [seat('b', 'a'), seat('c', null)]), 'a');
    expect(tree?.listeners).toBe(1);
  });

  it('keeps_the_order_of_names_whoever_comes', () => {
    const picture = syntheticRoom({ people: 30, fanOut: 4, live: 0, seed: 3 });
    const [tree] = picture.trees;
    const order = (seats: readonly PictureSeat[]): string[] => {
      const shuffled = { ...picture, trees: [{ source: tree?.source ?? '', epoch: 1, live: false, seats }] };
      return branchesOf(voiceTree(shuffled, tree?.source ?? '')?.root ?? expect.fail()).map(({ id }) => id);
    };
    expect(order([...tree?.seats ?? []].reverse())).toEqual(order(tree?.seats ?? []));
    expect(order(tree?.seats ?? [])).toHaveLength(30);
  });

  it('tells_the_way_to_somebody', () => {
    const root = voiceTree(room(people, [seat('c', 'b'), seat('b', 'a'), seat('d', 'a')]), 'a')?.root ?? expect.fail();
    expect(wayTo(root, 'c')).toEqual(['a', 'b', 'c']);
    expect(wayTo(root, 'nobody')).toEqual([]);
  });
});

describe('the figures of a link', () => {
  it('are_the_worse_of_both_ends', () => {
    const figures = linkFinder(room([person('a', { b: [20, 7] }), person('b', { a: [30, 2] })], []));
    expect(figures('a', 'b')).toEqual({ oneWayMs: 15, lossPercent: 7 });
    expect(figures('b', 'a')).toEqual(figures('a', 'b'));
    expect(figures('a', 'z')).toEqual({ oneWayMs: null, lossPercent: 0 });
  });
});
