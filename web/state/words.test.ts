import { describe, expect, it } from 'vitest';
import { ownStatus, type OwnVoice, peerStatus, speakPan, speakVolume } from './words.ts';

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

describe('own status', () => {
  const heard: OwnVoice = { hasMicrophone: true, muted: false, sound: 'running', peers: [{ link: 'connected', keepVoiceFrom: false }] };

  it('says_that_the_others_hear_me_where_somebody_can', () => {
    expect(ownStatus(heard)).toBe('The others hear you');
    expect(ownStatus({ ...heard, peers: [] })).toBe('Your microphone is on');
    expect(ownStatus({ ...heard, muted: true })).toBe('You are muted');
    expect(ownStatus({ ...heard, hasMicrophone: false, muted: true })).toBe('Only listening');
  });

  it.each(['suspended', 'interrupted', 'closed'] as const)('says_that_nobody_does_while_the_sound_is_%s', (sound) => {
    expect(ownStatus({ ...heard, sound })).toBe('Nobody hears you: the sound is off');
  });

  it('says_that_nobody_does_where_nobody_is_reached_or_meant_to', () => {
    const peers = [{ link: 'connecting', keepVoiceFrom: false }, { link: 'failed', keepVoiceFrom: false }, { link: 'connected', keepVoiceFrom: true }] as const;
    expect(ownStatus({ ...heard, peers })).toBe('Nobody hears you yet');
  });
});
