import { describe, expect, it } from 'vitest';
import { MutedTalk } from './muted_talk.ts';

const push = (talk: MutedTalk, dbfs: number, times: number, isMuted = true): boolean => {
  let isTold = false;
  for (let i = 0; i < times; i++) isTold = talk.push(dbfs, isMuted);
  return isTold;
};

describe('talking while muted', () => {
  it('is_told_after_most_of_a_second_and_not_for_ever', () => {
    const talk = new MutedTalk();
    expect(push(talk, -20, 8)).toBe(false);
    expect(push(talk, -20, 8)).toBe(true);
    expect(push(talk, -90, 200)).toBe(false);
  });

  it('a_cough_and_a_quiet_room_are_not_talk', () => {
    const talk = new MutedTalk();
    expect(push(talk, -10, 4)).toBe(false);
    expect(push(talk, -50, 500)).toBe(false);
  });

  it('unmuting_ends_the_hint_at_once', () => {
    const talk = new MutedTalk();
    push(talk, -20, 30);
    expect(talk.push(-20, false)).toBe(false);
    expect(push(talk, -20, 3)).toBe(false);
  });
});
