import { expect, it } from 'vitest';
import { pageTitle } from './title.ts';

it('title_tells_the_state_of_the_room', () => {
  expect(pageTitle({ others: 0, isMuted: false, isOffline: false })).toBe('Alone · Grove');
  expect(pageTitle({ others: 2, isMuted: true, isOffline: false })).toBe('Muted · 3 people · Grove');
  expect(pageTitle({ others: 0, isMuted: false, isOffline: true })).toBe('Reconnecting · Alone · Grove');
  expect(pageTitle(null)).toMatch(/^Grove/);
});
