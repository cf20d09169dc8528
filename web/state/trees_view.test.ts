import { describe, expect, it } from 'vitest';
import type { RoomPicture } from '@grove/client';
import { syntheticRoom } from '../testing/synthetic_room.ts';
import { kRecentMax, RecentSpeakers, SpeakerFollow } from './speaker_follow.ts';
import { kEverybody, kFollow, TreesView } from './trees_view.ts';

const picture = syntheticRoom({ people: 5, fanOut: 2, live: 2, seed: 9 });
const [ada = '', ben = ''] = picture.people.map(({ id }) => id);
const without = (id: string): RoomPicture => ({
  ...picture, people: picture.people.filter((person) => person.id !== id),
  trees: picture.trees.filter(({ source }) => source !== id),
});

describe('following the speaker', () => {
  it('stays_through_a_pause_and_through_what_others_throw_in', () => {
    const follow = new SpeakerFollow();
    expect(follow.update([], 0)).toBeNull();
    expect(follow.update(['a'], 10)).toBe('a');
    expect(follow.update(['a', 'b'], 5000)).toBe('a');
    expect(follow.update(['b'], 6000)).toBe('a');
    expect(follow.update(['b'], 6600)).toBe('b');
  });

  it('shows_whom_it_showed_last_while_nobody_speaks', () => {
    const follow = new SpeakerFollow();
    follow.update(['a'], 0);
    expect(follow.update([], 60_000)).toBe('a');
  });
});

describe('those who take part', () => {
  it('stay_for_some_seconds_in_the_order_in_which_they_came', () => {
    const recent = new RecentSpeakers();
    expect(recent.update(['b'], 0)).toEqual(['b']);
    expect(recent.update(['a', 'b'], 1000)).toEqual(['b', 'a']);
    expect(recent.update(['a'], 6500)).toEqual(['a']);
    expect(recent.update([], 12_000)).toEqual([]);
  });

  it('are_no_more_than_fit', () => {
    const recent = new RecentSpeakers();
    expect(recent.update(['a', 'b', 'c', 'd'], 0)).toHaveLength(kRecentMax);
  });
});

describe('the view of the trees', () => {
  it('shows_everybody_who_takes_part_when_asked', () => {
    const view = new TreesView();
    view.show(picture);
    view.choose(kEverybody);
    expect(view.sources).toEqual([picture.me]); // nobody has spoken
    expect(view.hear([ada, ben], 0)).toBe(true);
    expect(view.sources).toEqual([ada, ben]);
    view.show(without(ada));
    expect(view.sources).toEqual([ben]);
  });

  it('shows_my_own_tree_until_somebody_speaks_then_theirs', () => {
    const view = new TreesView();
    view.show(picture);
    expect(view.sources).toEqual([picture.me]);
    expect(view.hear([ada], 0)).toBe(true);
    expect([view.sources, view.treeOf(ada)?.root.id, view.choice]).toEqual([[ada], ada, kFollow]);
    expect(view.hear([ada], 100)).toBe(false);
  });

  it('keeps_to_whoever_was_chosen_until_they_leave', () => {
    const view = new TreesView();
    view.show(picture);
    view.choose(ben);
    view.hear([ada], 0);
    expect(view.sources).toEqual([ben]);
    view.show(without(ben));
    expect([view.choice, view.sources]).toEqual([kFollow, [ada]]);
  });

  it('a_speaker_who_left_is_shown_no_more', () => {
    const view = new TreesView();
    view.show(picture);
    view.hear([ada], 0);
    view.show(without(ada));
    expect(view.sources).toEqual([picture.me]);
    view.hear([ben], 10);
    expect(view.sources).toEqual([ben]);
  });

  it('lists_me_first_and_the_others_by_name', () => {
    const view = new TreesView();
    view.show(picture);
    const [first, ...others] = view.choices;
    expect(first?.id).toBe(picture.me);
    expect(others.map(({ name }) => name)).toEqual(others.map(({ name }) => name).sort());
  });

  it('tells_what_each_link_of_somebody_carries_just_now', () => {
    const view = new TreesView();
    view.show(picture);
    view.chooseLinks(ada);
    const rows = view.links?.rows ?? [];
    expect(rows).toHaveLength(4);
    const children = picture.trees.find(({ source }) => source === ada)?.seats.filter(({ parent }) => parent === ada) ?? [];
    const carrying = rows.filter(({ sends }) => sends.includes('Ada’s voice')).map(({ id }) => id);
    expect(carrying.sort()).toEqual(children.map(({ listener }) => listener).sort());
    expect(view.links?.slowest?.oneWayMs).toBe(Math.max(...rows.map(({ oneWayMs }) => oneWayMs ?? 0)));
    view.show(without(ada));
    expect(view.linksOf).toBe(picture.me);
  });

  it('says_of_my_own_voice_whose_it_is', () => {
    const mine = syntheticRoom({ people: 3, fanOut: 2, live: 3, seed: 9 });
    const view = new TreesView();
    view.show(mine);
    expect(view.links?.rows.flatMap(({ sends }) => sends)).toContain('Your voice');
  });

  it('waits_for_the_first_picture', () => {
    const view = new TreesView();
    expect([view.treeOf(''), view.links, view.choices, view.isLive(''), view.sources]).toEqual([null, null, [], false, []]);
  });
});
