import { describe, expect, it } from 'vitest';
import { peerStatus, speakPan, speakVolume } from './words.ts';

describe('volume in words', () => {
  it.each([[-Infinity, 'off'], [0, '0 dB'], [-0.2, '0 dB'], [3, '+3 dB'], [-12, '−12 dB'], [30, '+30 dB']])(
    '%d_is_%s', (db, words) => expect(speakVolume(db)).toBe(words));
});

describe('position in words', () => {
  it.each([[0, 'middle'], [-1, '100 % left'], [0.5, '50 % right'], [0.001, 'middle']])(
    '%d_is_%s', (pan, words) => expect(speakPan(pan)).toBe(words));
});

describe('status of a person', () => {
  const here = { silenced: false, link: 'connected', muted: false, speaking: false, rttMs: 31.6, blocked: false, keepVoiceFrom: false } as const;

  it('a_quiet_person_is_simply_here', () => {
    expect(peerStatus(here)).toBe('Here · 32 ms');
    expect(peerStatus({ ...here, rttMs: null })).toBe('Here');
  });

  it('a_missing_connection_outweighs_everything', () => {
    expect(peerStatus({ ...here, link: 'failed', muted: true, silenced: true })).toBe('No connection yet');
    expect(peerStatus({ ...here, link: 'connecting', speaking: true })).toBe('Connecting…');
  });

  it('own_mute_outweighs_theirs_and_both_outweigh_speaking', () => {
    expect(peerStatus({ ...here, silenced: true, muted: true, speaking: true })).toBe('Muted by you');
    expect(peerStatus({ ...here, muted: true, speaking: true })).toBe('Muted');
    expect(peerStatus({ ...here, speaking: true })).toBe('Speaking');
  });

  it('nothing_is_told_of_somebody_who_is_blocked', () => {
    expect(peerStatus({ ...here, blocked: true, link: 'failed', speaking: true })).toBe('Blocked by you');
    expect(peerStatus({ ...here, blocked: true, keepVoiceFrom: true })).toBe('Blocked by you, does not hear you');
  });
});
