import { describe, expect, it } from 'vitest';
import { kMessageLengthMax } from '../../client/message_body.ts';
import { Chat, kTextLengthMax, type MessageView } from './chat.ts';

const kJoinedMs = 1_000_000;

function setUp() {
  const world = {
    messages: [] as MessageView[],
    outcome: 'sent' as 'sent' | 'tooFast' | 'left',
    said: [] as string[],
    now: kJoinedMs,
    say: async (text: string) => {
      world.said.push(text);
      await Promise.resolve();
      return world.outcome;
    },
  };
  const chat = new Chat(world, () => world.now);
  const arrive = (text: string, more: Partial<MessageView> = {}): MessageView => {
    const message = { author: 'b', name: 'Ben', text, atMs: world.now, own: false, missingBefore: 0, ...more };
    world.messages = [...world.messages, message];
    return message;
  };
  return { world, chat, arrive };
}

describe('sending', () => {
  it('empties_the_box', async () => {
    const { chat, world } = setUp();
    chat.write('Hello');
    await chat.send();
    expect([world.said, chat.draft, chat.problem]).toEqual([['Hello'], '', null]);
  });

  it('of_nothing_does_nothing', async () => {
    const { chat, world } = setUp();
    chat.write(' \n');
    await chat.send();
    expect([world.said, chat.draft]).toEqual([[], ' \n']);
  });

  it('too_fast_keeps_the_text_before_what_was_typed_meanwhile', async () => {
    const { chat, world } = setUp();
    world.outcome = 'tooFast';
    chat.write('one');
    const sending = chat.send();
    chat.write('two');
    await sending;
    expect([chat.draft, chat.problem]).toEqual(['one\ntwo', 'tooFast']);
    chat.write('one');
    expect(chat.problem).toBeNull();
  });

  it('counts_down_near_the_end_and_refuses_beyond', async () => {
    const { chat, world } = setUp();
    expect(kTextLengthMax).toBe(kMessageLengthMax);
    chat.write('🌳'.repeat(3000));
    expect(chat.free).toBeNull();
    chat.write(`${'🌳'.repeat(4000)} \n`);
    expect(chat.free).toBe(0);
    await chat.send();
    chat.write('🌳'.repeat(4001));
    expect(chat.free).toBe(-1);
    await chat.send();
    expect([world.said.length, chat.problem, chat.draft.length]).toEqual([1, 'tooLong', 8002]);
  });
});

describe('what is new', () => {
  it('is_counted_until_somebody_looks', () => {
    const { chat, arrive } = setUp();
    const first = arrive('one');
    expect(chat.look()).toEqual([first]);
    arrive('mine', { own: true });
    arrive('two');
    chat.look();
    expect(chat.unread).toBe(2);
    chat.watch(true);
    expect(chat.unread).toBe(0);
    const third = arrive('three');
    expect(chat.look()).toEqual([third]);  // for those who do not see it
    expect(chat.unread).toBe(0);
  });

  it('is_not_what_was_written_before_we_came', () => {
    const { chat, world, arrive } = setUp();
    arrive('old', { atMs: kJoinedMs - 5000 });
    expect([chat.look(), chat.unread, chat.hasHistory]).toEqual([[], 0, true]);
    chat.watch(true);
    expect(chat.hasHistory).toBe(false);
    chat.watch(false);
    world.now += 60_000;
    arrive('of somebody whose clock is late', { atMs: kJoinedMs - 5000 });
    chat.look();
    expect(chat.unread).toBe(1);
  });

  it('is_forgotten_with_its_author_when_they_are_blocked', () => {
    const { chat, world, arrive } = setUp();
    arrive('one');
    chat.look();
    const kept = world.messages;
    world.messages = [];
    chat.look();
    expect(chat.unread).toBe(0);
    world.messages = kept;
    expect([chat.look(), chat.unread]).toEqual([[], 0]);  // back in the list, but no news
  });

  it('comes_while_the_panel_is_closed_and_nobody_watches', () => {
    const { chat, arrive } = setUp();
    chat.toggle();
    chat.watch(true);
    chat.toggle();
    arrive('one');
    chat.look();
    expect([chat.isOpen, chat.unread]).toEqual([false, 1]);
  });
});
