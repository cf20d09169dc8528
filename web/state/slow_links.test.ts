import { expect, it } from 'vitest';
import { kSlowMs, SlowLinks } from './slow_links.ts';

const peer = (id: string, link: 'connecting' | 'connected' | 'failed') => ({ id, link });

it('somebody_is_slow_who_connects_for_long_and_begins_anew_after_a_connection', () => {
  const links = new SlowLinks();
  expect(links.update([peer('a', 'connecting')], 1000)).toEqual({ slow: new Set(), nextMs: 1000 + kSlowMs });
  expect(links.update([peer('a', 'connecting'), peer('b', 'connecting')], 1000 + kSlowMs)).toEqual({ slow: new Set(['a']), nextMs: 1000 + 2 * kSlowMs });
  expect(links.update([peer('a', 'connected'), peer('b', 'failed')], 2000 + kSlowMs)).toEqual({ slow: new Set(), nextMs: null });
  expect(links.update([peer('a', 'connecting')], 3000 + kSlowMs).slow.size).toBe(0);
});
