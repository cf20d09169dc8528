import { describe, expect, it } from 'vitest';
import { kMessagesMax, MessageLog, type Message } from './message_log.ts';

const message = (author: string, text: string, atMs: number, own = false): Message => ({ author, name: author, text, atMs, own, missingBefore: 0 });
const texts = (log: MessageLog): string => log.visible.map(({ text }) => text).join(' ');

describe('MessageLog', () => {
  it('sorts_by_time_whatever_comes_first', () => {
    const log = new MessageLog();
    for (const [author, text, at] of [['b', 'b1', 20], ['a', 'a1', 10], ['c', 'c1', 30], ['a', 'a2', 25]] as const) log.add(message(author, text, at));
    expect(texts(log)).toBe('a1 b1 a2 c1');
  });

  it('keeps_the_order_of_one_author_where_times_are_equal', () => {
    const log = new MessageLog();
    log.add(message('b', 'b1', 7));
    for (const text of ['a1', 'a2', 'a3']) log.add(message('a', text, 5));
    expect(texts(log)).toBe('a1 a2 a3 b1');
  });

  it('keeps_the_last_two_hundred', () => {
    const log = new MessageLog();
    for (let i = 1; i <= kMessagesMax + 5; i += 1) log.add(message('a', String(i), i));
    expect(log.visible).toHaveLength(kMessagesMax);
    expect(log.visible[0]?.text).toBe('6');
    expect(log.add(message('b', 'older than all', 1))).toBe(false);
    expect(log.visible[0]?.text).toBe('6');
  });

  it('hides_messages_and_brings_them_back_where_they_were', () => {
    const hidden = new Set<string>();
    const log = new MessageLog((author) => hidden.has(author));
    log.add(message('a', 'a1', 1));
    log.add(message('b', 'b1', 2));
    hidden.add('a');
    log.look();
    expect(texts(log)).toBe('b1');
    expect(log.add(message('a', 'a2', 3))).toBe(false);
    hidden.clear();
    log.look();
    expect(texts(log)).toBe('a1 b1 a2');
  });

  it('never_hides_what_you_wrote_yourself', () => {
    const log = new MessageLog(() => true);
    expect(log.add(message('me', 'mine', 1, true))).toBe(true);
  });

  it('gives_a_new_list_after_a_change_and_the_same_one_otherwise', () => {
    const log = new MessageLog();
    log.add(message('a', 'a1', 1));
    const before = log.visible;
    expect(log.visible).toBe(before);
    log.add(message('a', 'a2', 2));
    expect(log.visible).not.toBe(before);
    expect(before).toHaveLength(1);
  });
});
