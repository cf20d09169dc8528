import { describe, expect, it } from 'vitest';
import type { MessageView } from './chat.ts';
import { chatGroups, chatTime } from './chat_groups.ts';

const kNoon = new Date(2026, 10, 30, 12, 0).getTime();
const message = (author: string, minutes: number, more: Partial<MessageView> = {}): MessageView =>
  ({ author, name: author, text: `${author} ${minutes}`, atMs: kNoon + 60_000 * minutes, own: false, missingBefore: 0, ...more });
const sizes = (...messages: MessageView[]): number[] => chatGroups(messages, kNoon).map((group) => group.messages.length);

describe('groups', () => {
  it('hold_what_one_person_wrote_without_a_pause', () => {
    expect(sizes(message('a', 0), message('a', 1), message('b', 2), message('a', 3), message('a', 4), message('a', 30))).toEqual([2, 1, 2, 1]);
  });

  it('end_with_another_name_another_day_and_where_something_is_missing', () => {
    expect(sizes(message('a', 0), message('a', 1, { name: 'A. L.' }))).toEqual([1, 1]);
    expect(sizes(message('a', 0), message('a', 1, { missingBefore: 2 }))).toEqual([1, 1]);
    expect(sizes(message('a', 12 * 60 - 1), message('a', 12 * 60))).toEqual([1, 1]);
  });
});

describe('times', () => {
  it('of_another_day_have_its_date', () => {
    expect(chatTime(kNoon, kNoon)).toMatch(/^12:00/);
    expect(chatTime(kNoon - 86_400_000, kNoon)).toMatch(/29.*12:00|12:00.*29/);
  });
});
