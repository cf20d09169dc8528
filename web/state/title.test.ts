import { expect, it } from 'vitest';
import { pageTitle } from './title.ts';

it('title_tells_the_state_of_the_room', () => {
  expect(pageTitle({ others: 0, isMuted: false, isOffline: false, unread: 0 })).toBe('Alone · Grove');
  expect(pageTitle({ others: 2, isMuted: true, isOffline: false, unread: 0 })).toBe('Muted · 3 people · Grove');
  expect(pageTitle({ others: 0, isMuted: false, isOffline: true, unread: 0 })).toBe('Reconnecting · Alone · Grove');
  expect(pageTitle({ others: 1, isMuted: false, isOffline: false, unread: 3 })).toBe('(3) 2 people · Grove');
  expect(pageTitle(null)).toMatch(/^Grove/);
});
