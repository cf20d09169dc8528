import { beforeEach, describe, expect, it } from 'vitest';
import { BlockStore } from './block_store.ts';
import type { AudioCommand } from './engine/messages.ts';
import type { Peer } from './peer.ts';
import { Roster } from './roster.ts';
import { StripStore } from './strip_store.ts';

let commands: AudioCommand[];
let changes: number;
let roster: Roster;
let kept: Map<string, string>;
let blocks: BlockStore;

const kAda = 'ad'.repeat(16);

function newRoster(): Roster {
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => void kept.set(key, text) };
  blocks = new BlockStore(storage);
  const made = new Roster(
    new StripStore(storage),
    blocks,
    (command) => commands.push(command),
    () => (changes += 1),
  );
  blocks.watch((changed) => changed.forEach(({ id }) => made.applyBlock(id)));
  return made;
}

beforeEach(() => {
  commands = [];
  changes = 0;
  kept = new Map();
  roster = newRoster();
});

function join(peer: number, id: string, name = id): Peer {
  roster.apply({ kind: 'peerJoined', peer, id, name, muted: false });
  return roster.byId.get(id) as Peer;
}

describe('Roster', () => {
  it('lists_people_in_the_order_in_which_they_came', () => {
    join(7, 'b');
    join(3, 'a');
    expect([...roster.byId.keys()]).toEqual(['b', 'a']);
    expect(changes).toBe(2);
  });

  it('changes_a_person_in_place', () => {
    const peer = join(1, 'a', 'Ada');
    roster.apply({ kind: 'peerChanged', peer: 1, id: 'a', name: 'Ada L.', muted: true });
    expect(roster.byId.get('a')).toBe(peer);
    expect([peer.name, peer.muted]).toEqual(['Ada L.', true]);
    roster.apply({ kind: 'peerLinkChanged', peer: 1, state: 'connected', rttMs: 12.5 });
    expect([peer.link, peer.rttMs]).toEqual(['connected', 12.5]);
  });

  it('takes_levels_for_those_who_are_here', () => {
    const peer = join(1, 'a');
    roster.applyLevels([
      [1, -20, true],
      [9, -3, true],
    ]);
    expect([peer.level, peer.speaking]).toEqual([-20, true]);
  });

  it('tells_the_ear_about_controls_before_a_word_is_heard', () => {
    join(4, 'a').volumeDb = -6;
    roster = newRoster();
    commands = [];
    join(9, 'a');
    expect(commands).toContainEqual({ kind: 'volumeDb', peer: 9, value: -6 });
    expect(commands).toContainEqual({ kind: 'silenced', peer: 9, value: 0 });
    expect(commands).toContainEqual({ kind: 'pan', peer: 9, value: 0 });
  });

  it('clamps_what_the_ear_could_not_bear', () => {
    const peer = join(1, 'a');
    peer.volumeDb = 99;
    peer.pan = -7;
    expect([peer.volumeDb, peer.pan]).toEqual([30, -1]);
    peer.volumeDb = -Infinity;
    peer.pan = NaN;
    expect([peer.volumeDb, peer.pan]).toEqual([-Infinity, 0]);
  });

  it('forgets_who_left_and_takes_their_stream_out_of_the_mix', () => {
    const peer = join(1, 'a');
    roster.apply({ kind: 'peerLeft', peer: 1, lost: true });
    expect(roster.byId.size).toBe(0);
    expect(commands.at(-1)).toEqual({ kind: 'removePeer', peer: 1, value: 0 });
    commands = [];
    peer.volumeDb = 3; // remembered for the next time, but nobody is told
    expect(commands).toEqual([]);
    expect(join(2, 'a').volumeDb).toBe(3);
  });

  it('shows_one_person_once_when_they_return_before_their_goodbye', () => {
    join(1, 'a');
    join(2, 'a');
    expect(roster.byId.size).toBe(1);
    expect(roster.idOf(1)).toBeNull();
    expect(roster.idOf(2)).toBe('a');
    roster.apply({ kind: 'peerLeft', peer: 1, lost: true });
    expect(roster.byId.size).toBe(1);
  });

  it('tells_the_ear_of_a_block_at_once_and_shows_nothing_of_who_is_blocked', () => {
    const peer = join(1, kAda);
    roster.applyLevels([[1, -20, true]]);
    commands = [];
    peer.block();
    expect(commands).toEqual([{ kind: 'blocked', peer: 1, value: 1 }]);
    roster.applyLevels([[1, -20, true]]);
    expect([peer.blocked, peer.level, peer.speaking]).toEqual([true, -100, false]);
    peer.unblock();
    expect(commands.at(-1)).toEqual({ kind: 'blocked', peer: 1, value: 0 });
    roster.applyLevels([[1, -20, true]]);
    expect([peer.blocked, peer.speaking]).toEqual([false, true]);
  });

  it('blocks_who_returns_under_another_name_and_number_before_a_word_is_heard', () => {
    join(1, kAda, 'Ada').block();
    roster.apply({ kind: 'peerLeft', peer: 1, lost: false });
    roster = newRoster();
    commands = [];
    expect(join(8, kAda, 'Somebody else').blocked).toBe(true);
    expect(commands[0]).toEqual({ kind: 'blocked', peer: 8, value: 1 });
    expect(blocks.all().map(({ name }) => name)).toEqual(['Somebody else']);
    roster.apply({ kind: 'peerChanged', peer: 8, id: kAda, name: 'Eve', muted: false });
    expect(blocks.all().map(({ name }) => name)).toEqual(['Eve']);
  });

  it('keeps_your_voice_from_somebody_as_a_choice_of_its_own_that_unblocking_ends', () => {
    const peer = join(1, kAda);
    peer.keepVoiceFrom = true;
    expect([peer.blocked, peer.keepVoiceFrom]).toEqual([false, true]);
    peer.block();
    expect([peer.blocked, peer.keepVoiceFrom]).toEqual([true, true]);
    peer.keepVoiceFrom = false;
    expect([peer.blocked, peer.keepVoiceFrom]).toEqual([true, false]);
    peer.keepVoiceFrom = true;
    peer.unblock();
    expect([peer.blocked, peer.keepVoiceFrom]).toEqual([false, false]);
  });
});
