import { describe, expect, it } from 'vitest';
import { peerNotice, rendezvousNotice, type RendezvousView, soundNotice } from './notice.ts';

const waiting: RendezvousView = { state: 'waiting', retryInMs: 5000, reason: '' };

describe('notice about the rendezvous', () => {
  it('counts_down_to_the_next_try', () => {
    expect(rendezvousNotice(waiting, 0, 1, true)?.body).toMatch(/in 5 seconds/);
    expect(rendezvousNotice(waiting, 4100, 1, true)?.body).toMatch(/in 1 second\./);
    expect(rendezvousNotice(waiting, 5000, 1, true)?.body).toMatch(/again now/);
    expect(rendezvousNotice(waiting, 9000, 1, true)?.body).toMatch(/again now/);
  });

  it('tells_people_in_a_call_that_the_call_goes_on', () => {
    expect(rendezvousNotice(waiting, 0, 2, true)?.body).toMatch(/go on talking/);
    expect(rendezvousNotice(waiting, 0, 0, true)?.body).not.toMatch(/go on talking/);
  });

  it('stays_while_the_next_try_runs_but_the_first_try_is_no_problem', () => {
    const connecting: RendezvousView = { state: 'connecting', retryInMs: 0, reason: '' };
    expect(rendezvousNotice(connecting, 0, 1, true)?.body).toMatch(/again now/);
    expect(rendezvousNotice(connecting, 0, 1, false)).toBeNull();
  });

  it('goes_when_all_is_well_also_where_others_keep_the_door', () => {
    expect(rendezvousNotice({ state: 'resting', retryInMs: 0, reason: '' }, 0, 6, true)).toBeNull();
    expect(rendezvousNotice({ state: 'open', retryInMs: 0, reason: '' }, 0, 1, true)).toBeNull();
  });

  it('passes_the_reason_of_a_refusal_on_and_says_that_it_keeps_trying', () => {
    const refused: RendezvousView = { state: 'refused', retryInMs: 0, reason: 'room full' };
    expect(rendezvousNotice(refused, 0, 0, false)?.body).toMatch(/room full/);
    expect(rendezvousNotice({ ...refused, reason: '' }, 0, 0, false)?.body).toMatch(/no reason/);
    expect(rendezvousNotice({ ...refused, retryInMs: 15_000 }, 4000, 0, false)?.body).toMatch(/keeps trying.*in 11 seconds/);
  });
});

describe('notice about people', () => {
  it('names_those_who_cannot_be_reached', () => {
    expect(peerNotice([])).toBeNull();
    expect(peerNotice(['Ada', 'Ben'])?.title).toBe('No connection to Ada and Ben');
  });

  it('says_that_the_only_way_may_lead_over_somebody_who_is_blocked', () => {
    expect(peerNotice(['Ada'], [], ['Dora'])?.body).toMatch(/You block Dora.*no other way/);
    expect(peerNotice([], ['Ben'], ['Dora'])).toMatchObject({ title: 'Still looking for a way to Ben', body: expect.stringMatching(/Dora/) as string });
    expect(peerNotice([], ['Ben'], [])).toBeNull();
    expect(peerNotice([], [], ['Dora'])).toBeNull();
  });
});

describe('notice about the sound', () => {
  it('is_there_only_while_something_is_the_matter', () => {
    expect(soundNotice('running', 5000)).toBeNull();
    expect(soundNotice('closed', null)).toBeNull();
    expect(soundNotice('interrupted', 5000)).toBe('interrupted');
  });

  it('asks_for_a_press_and_says_what_else_to_do_where_that_did_not_help', () => {
    expect(soundNotice('suspended', null)).toBe('blocked');
    expect(soundNotice('suspended', 500)).toBe('blocked');
    expect(soundNotice('suspended', 2000)).toBe('failed');
  });
});
