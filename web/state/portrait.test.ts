import { describe, expect, it } from 'vitest';
import { hue, initials } from './portrait.ts';

describe('initials', () => {
  it.each([
    ['Ada', 'A'],
    ['ada lovelace', 'AL'],
    ['Ada King Lovelace', 'AL'],
    ['jean-luc', 'JL'],
    ['  Mia  ', 'M'],
    ['Зоя Иванова', 'ЗИ'],
    ['👩‍🚀 Ann', '👩‍🚀A'],
    ['', '?'],
    [' - ', '?'],
  ])('of_%s_are_%s', (name, expected) => expect(initials(name)).toBe(expected));
});

describe('hue', () => {
  it('follows_the_identity_and_stays_on_the_circle', () => {
    expect(hue('0000aaaa')).toBe(0);
    expect(hue('8000aaaa')).toBe(180);
    expect(hue('ffffaaaa')).toBe(359);
    expect(hue('not hex')).toBe(140);
  });
});
