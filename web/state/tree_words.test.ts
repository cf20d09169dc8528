import type { RoomPicture } from '@grove/client';
import { describe, expect, it } from 'vitest';
import { speakDelay, speakFigures, summarise, treeWords, type WordsOfBranch } from './tree_words.ts';
import { namesOf, voiceTree } from './voice_tree.ts';

// Anna speaks; Ben carries on to Dora and to me.
const room = (me: string): RoomPicture => ({
  me, pullsOpen: 0, mapHash: '',
  people: [
    { id: 'an', name: 'Anna', role: 'desktop', atDoor: true, copiesMax: 2, links: [{ to: 'be', rttMs: 24, lossPercent: 0 }, { to: 'ci', rttMs: 80, lossPercent: 1 }] },
    { id: 'be', name: 'Ben', role: 'desktop', atDoor: true, copiesMax: 2, links: [{ to: 'do', rttMs: 16, lossPercent: 0 }] },
    { id: 'ci', name: 'Cid', role: 'desktop', atDoor: true, copiesMax: 2, links: [] },
    { id: 'do', name: 'Do\u202era', role: 'desktop', atDoor: true, copiesMax: 2, links: [] },
    { id: 'me', name: 'Eve', role: 'desktop', atDoor: true, copiesMax: 2, links: [] },
  ],
  trees: [{
    source: 'an', epoch: 3, live: true,
    seats: [
      { listener: 'be', parent: 'an', guardian: 'ci', hot: true }, { listener: 'ci', parent: 'an', guardian: null, hot: false },
      { listener: 'do', parent: 'be', guardian: 'an', hot: false }, { listener: 'me', parent: 'be', guardian: null, hot: false },
    ],
  }],
});
const flat = (words: readonly WordsOfBranch[]): unknown[] => words.map(({ words: own, onwards }) => (onwards.length > 0 ? [own, ...flat(onwards)] : own));

describe('a tree in words', () => {
  const tree = voiceTree(room('me'), 'an') ?? expect.fail();

  it('tells_who_has_the_voice_from_whom', () => {
    expect(flat(treeWords(tree.root, null))).toEqual([
      ['directly to Ben (12 ms)', 'Ben passes it on to Dora (8 ms, 20 ms in all)', 'Ben passes it on to you (not measured)'],
      'directly to Cid (40 ms, 1 % loss)',
    ]);
  });

  it('speaks_to_the_carrier_as_you', () => {
    const mine = voiceTree(room('be'), 'an') ?? expect.fail();
    expect(flat(treeWords(mine.root, null))[0]).toEqual(
      ['directly to you (12 ms)', 'you pass it on to Dora (8 ms, 20 ms in all)', 'you pass it on to Eve (not measured)']);
  });

  it('names_those_who_stand_by_when_asked', () => {
    const words = JSON.stringify(treeWords(tree.root, namesOf(room('me'))));
    expect(words).toContain('(12 ms), Cid sends a second copy');
    expect(words).toContain('in all), Anna stands by');
  });

  it('is_summed_up_in_a_sentence', () => {
    expect(summarise(tree)).toBe('Anna’s voice reaches 4 people: 2 directly, 2 through others.');
    expect(summarise(voiceTree(room('an'), 'an') ?? expect.fail())).toMatch(/^Your voice reaches/);
    expect(summarise({ ...tree, listeners: 1, direct: 1 })).toBe('Anna’s voice goes straight to 1 person.');
  });
});

describe('figures', () => {
  it('are_short', () => {
    expect([speakDelay(null), speakDelay(0.2), speakDelay(12.4)]).toEqual(['not measured', '< 1 ms', '12 ms']);
    expect(speakFigures({ oneWayMs: 12, lossPercent: 0 })).toBe('12 ms');
    expect(speakFigures({ oneWayMs: 12, lossPercent: 3 })).toBe('12 ms · 3 %');
  });
});
