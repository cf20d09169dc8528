import { beforeEach, describe, expect, it } from 'vitest';
import { Chat } from './chat.ts';
import type { DeliverNote, Published } from './engine/node_module.ts';
import { encodeMessage } from './message_body.ts';

let me: { id: string; name: string };
let now: number;
let appeared: number;
let asked: { request: number; body: Uint8Array<ArrayBuffer> }[];
let names: Map<string, string>;
let blocked: Set<string>;
let chat: Chat;

beforeEach(() => {
  me = { id: 'me', name: 'Ada' };
  [now, appeared, asked, names, blocked] = [1000, 0, [], new Map(), new Set()];
  chat = new Chat({
    me: () => me,
    nameOf: (author) => names.get(author) ?? '',
    isHidden: (author) => blocked.has(author),
    publish: (request, body) => void asked.push({ request, body }),
    appeared: () => (appeared += 1),
    now: () => now,
  });
});

/** The Worker's answer to the last question. */
async function say(text: string, outcome: Published): Promise<string> {
  const saying = chat.say(text);
  chat.answer(asked.at(-1)?.request ?? 0, outcome);
  return saying;
}

function note(author: string, body: Uint8Array<ArrayBuffer> | string, more: Partial<DeliverNote> = {}): DeliverNote {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return { kind: 'deliverNote', peer: null, author, number: 1, atMs: 500, missingBefore: 0, body: bytes, ...more };
}

describe('saying', () => {
  it('shows_what_was_sent_and_only_that', async () => {
    expect(await say(' Hello ', 'tooFast')).toBe('tooFast');
    expect(await say('Hello', 'left')).toBe('left');
    expect([chat.messages, appeared]).toEqual([[], 0]);
    expect(await say('Hello', 'sent')).toBe('sent');
    expect(chat.messages).toEqual([{ author: 'me', name: 'Ada', text: 'Hello', atMs: 1000, own: true, missingBefore: 0 }]);
    expect(appeared).toBe(1);
  });

  it('of_nothing_or_too_much_asks_nobody', async () => {
    expect(await chat.say('  ')).toBe('empty');
    expect(await chat.say('x'.repeat(4001))).toBe('tooLong');
    expect(asked).toEqual([]);
  });

  it('in_a_room_that_ends_meanwhile_is_told_so', async () => {
    const saying = chat.say('Hello');
    chat.close();
    expect(await saying).toBe('left');
  });

  it('keeps_its_order_when_the_clock_is_set_back', async () => {
    await say('one', 'sent');
    now = 10;
    await say('two', 'sent');
    expect(chat.messages.map(({ text, atMs }) => [text, atMs])).toEqual([['one', 1000], ['two', 1000]]);
  });

  it('keeps_the_name_of_its_time', async () => {
    await say('one', 'sent');
    me = { id: 'me', name: 'Ada L.' };
    await say('two', 'sent');
    expect(chat.messages.map(({ name }) => name)).toEqual(['Ada', 'Ada L.']);
  });
});

describe('hearing', () => {
  it('takes_the_name_that_the_author_had_also_of_those_who_left', () => {
    names.set('b', 'Ben now');
    chat.handleNote(note('b', encodeMessage('Ben then', 'Hi') as Uint8Array<ArrayBuffer>, { missingBefore: 3 }));
    chat.handleNote(note('b', 'no heading'));
    chat.handleNote(note('c', 'of a stranger'));
    expect(chat.messages.map(({ name, text, missingBefore }) => [name, text, missingBefore])).toEqual([['Ben then', 'Hi', 3], ['Ben now', 'no heading', 0], ['', 'of a stranger', 0]]);
  });

  it('knows_its_own_from_an_earlier_run', () => {
    chat.handleNote(note('me', 'before the reload'));
    expect(chat.messages[0]?.own).toBe(true);
  });

  it('shows_garbage_as_nothing_and_counts_it', () => {
    for (const body of [Uint8Array.of(0xff), 'x'.repeat(4001), '\u0001']) chat.handleNote(note('b', body));
    expect([chat.messages, chat.spoilt, appeared]).toEqual([[], 3, 0]);
  });

  it('tells_nothing_of_those_who_are_hidden_until_they_no_longer_are', () => {
    blocked.add('b');
    chat.handleNote(note('b', 'on its way at the click'));
    expect([chat.messages, appeared]).toEqual([[], 0]);
    blocked.clear();
    chat.look();
    expect(chat.messages).toHaveLength(1);
  });
});
