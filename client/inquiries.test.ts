import { describe, expect, it } from 'vitest';
import { Inquiries } from './inquiries.ts';

describe('Inquiries', () => {
  it('give_each_question_its_own_answer_whatever_the_order', async () => {
    const inquiries = new Inquiries<string>();
    const asked: number[] = [];
    const answers = [inquiries.open((request) => asked.push(request)), inquiries.open((request) => asked.push(request))];
    inquiries.answer(asked[1] ?? 0, 'second');
    inquiries.answer(asked[0] ?? 0, 'first');
    inquiries.answer(99, 'nobody asked');
    expect(await Promise.all(answers)).toEqual(['first', 'second']);
  });

  it('that_stay_open_when_the_room_ends_are_rejected', async () => {
    const inquiries = new Inquiries<string>();
    const answer = inquiries.open(() => undefined);
    inquiries.close(new Error('the room is over'));
    await expect(answer).rejects.toThrow('the room is over');
  });
});
