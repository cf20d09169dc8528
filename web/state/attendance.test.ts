import { describe, expect, it } from 'vitest';
import { nameList } from '../text.ts';
import { Attendance, type Present, type Told } from './attendance.ts';
import { NameBook } from './names.ts';

const ada = { id: '1', name: 'Ada', blocked: false };
const ben = { id: '2', name: 'Ben', blocked: false };

const sentences = (told: readonly Told[]): string[] => told.map(({ sentence }) => sentence);
const look = (attendance: Attendance, present: Present[], nowMs = 60_000, isDoorOpen = true): Told[] =>
  attendance.update(present, new NameBook(present, 'me'), nowMs, isDoorOpen);

// Of somebody who has been here for a minute.
function old(...present: Present[]): Attendance {
  const attendance = new Attendance();
  look(attendance, present, 0);
  return attendance;
}

describe('attendance', () => {
  it('of_the_same_person_is_one_subject', () => {
    const attendance = old();
    const [came] = look(attendance, [ada]);
    const [went] = look(attendance, []);
    expect(went?.subject).toBe(came?.subject);
  });

  it('tells_who_came_and_who_went', () => {
    const attendance = old();
    expect(sentences(look(attendance, [ada]))).toEqual(['Ada has joined']);
    expect(sentences(look(attendance, [ben]))).toEqual(['Ben has joined', 'Ada has left']);
  });

  it('people_who_come_together_share_a_sentence', () => {
    expect(sentences(look(old(), [ada, ben]))).toEqual(['Ada and Ben have joined']);
  });

  it('those_who_were_here_before_us_have_not_joined', () => {
    const attendance = new Attendance();
    expect(look(attendance, [], 0, false)).toEqual([]);
    const [first] = look(attendance, [ada], 9000, true);
    const [second] = look(attendance, [ada, ben], 10_000);
    expect([first?.sentence, second?.sentence]).toEqual(['Ada is here', 'Ada and Ben are here']);
    expect(second?.subject).toBe(first?.subject);
    expect(sentences(look(attendance, [ada, ben, { id: '3', name: 'Cleo', blocked: false }], 13_000))).toEqual(['Cleo has joined']);
  });

  it('says_nothing_when_only_a_name_changes', () => {
    const attendance = old(ada);
    expect(sentences(look(attendance, [{ ...ada, name: 'Ada L.' }]))).toEqual([]);
    expect(sentences(look(attendance, []))).toEqual(['Ada L. has left']);
  });

  it('two_people_of_one_name_are_two_and_told_apart', () => {
    expect(sentences(look(old(ada), [ada, { id: '3', name: 'Ada', blocked: false }]))).toEqual(['Ada (3) has joined']);
  });

  it('a_name_turns_no_sentence_around', () => {
    expect(sentences(look(old(), [{ ...ada, name: '\u202eAda' }]))).toEqual(['Ada has joined']);
  });

  it('says_nothing_of_somebody_who_is_blocked_neither_at_the_block_nor_after_it', () => {
    const attendance = old(ada, ben);
    const blocked = { ...ada, blocked: true };
    expect([look(attendance, [blocked, ben]), look(attendance, [ben]), look(attendance, [blocked, ben]), look(attendance, [ada, ben])]).toEqual([[], [], [], []]);
  });

  it('somebody_without_a_name_is_somebody', () => {
    expect(sentences(look(old(), [{ id: '9', name: '', blocked: false }]))).toEqual(['Somebody has joined']);
  });
});

describe('name list', () => {
  it.each([
    [[], ''],
    [['A'], 'A'],
    [['A', 'B'], 'A and B'],
    [['A', 'B', 'C'], 'A, B and C'],
    [['A', 'B', 'C', 'D'], 'A, B and 2 others'],
  ])('of_%j_reads_%s', (names, expected) => expect(nameList(names)).toBe(expected));
});
