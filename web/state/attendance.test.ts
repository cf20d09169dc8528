import { describe, expect, it } from 'vitest';
import { nameList } from '../text.ts';
import { Attendance, type Told } from './attendance.ts';

const ada = { id: '1', name: 'Ada', blocked: false };
const ben = { id: '2', name: 'Ben', blocked: false };

const sentences = (told: readonly Told[]): string[] => told.map(({ sentence }) => sentence);

describe('attendance', () => {
  it('of_the_same_person_is_one_subject', () => {
    const attendance = new Attendance();
    const [came] = attendance.update([ada]);
    const [went] = attendance.update([]);
    expect(went?.subject).toBe(came?.subject);
  });

  it('tells_who_came_and_who_went', () => {
    const attendance = new Attendance();
    expect(sentences(attendance.update([ada]))).toEqual(['Ada has joined']);
    expect(sentences(attendance.update([ben]))).toEqual(['Ben has joined', 'Ada has left']);
  });

  it('people_who_come_together_share_a_sentence', () => {
    expect(sentences(new Attendance().update([ada, ben]))).toEqual(['Ada and Ben have joined']);
  });

  it('says_nothing_when_only_a_name_changes', () => {
    const attendance = new Attendance();
    attendance.update([ada]);
    expect(sentences(attendance.update([{ ...ada, name: 'Ada L.' }]))).toEqual([]);
    expect(sentences(attendance.update([]))).toEqual(['Ada L. has left']);
  });

  it('two_people_of_one_name_are_two', () => {
    const attendance = new Attendance();
    attendance.update([ada]);
    expect(sentences(attendance.update([ada, { id: '3', name: 'Ada', blocked: false }]))).toEqual(['Ada has joined']);
  });

  it('says_nothing_of_somebody_who_is_blocked_neither_at_the_block_nor_after_it', () => {
    const attendance = new Attendance();
    attendance.update([ada, ben]);
    const blocked = { ...ada, blocked: true };
    expect([attendance.update([blocked, ben]), attendance.update([ben]), attendance.update([blocked, ben]), attendance.update([ada, ben])]).toEqual([[], [], [], []]);
  });

  it('somebody_without_a_name_is_somebody', () => {
    expect(sentences(new Attendance().update([{ id: '9', name: '', blocked: false }]))).toEqual(['Somebody has joined']);
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
