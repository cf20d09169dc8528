import { describe, expect, it } from 'vitest';
import { bareName } from './plain_name.ts';
import { NameBook } from './names.ts';

const me = { id: '00aa', name: 'Zoë' };
const ada = { id: '3f2a77', name: 'Ada' };
const ben = { id: '9b1c00', name: 'Ben' };
const book = (...people: { id: string; name: string }[]): NameBook => new NameBook([me, ...people], me.id);

describe('names', () => {
  it('stay_as_they_are_where_they_differ', () => {
    expect([book(ada, ben).of(ada.id, ada.name), book(ada, ben).of(me.id, me.name)]).toEqual(['Ada', 'Zoë']);
  });

  it.each(['Ada', 'ada', ' Ada ', 'A\u200bda', '\uff21da'])('that_look_the_same_get_the_beginning_of_the_id_%j', (twin) => {
    const names = book(ada, { id: '9b1c00', name: twin });
    expect([names.of(ada.id, ada.name), names.of('9b1c00', twin)]).toMatchObject(['Ada (3f2a)', expect.stringMatching(/ \(9b1c\)$/)]);
  });

  it('and_more_of_it_where_that_is_the_same_too', () => {
    expect(book(ada, { id: '3f2a78', name: 'Ada' }).of(ada.id, ada.name)).toBe('Ada (3f2a77)');
  });

  it('that_are_mine_or_my_word_for_me_are_not_taken_for_me', () => {
    expect(book().of(ben.id, 'Zoë')).toBe('Zoë (9b1c)');
    expect(book().of(ben.id, 'you')).toBe('you (9b1c)');
    expect(book({ id: ben.id, name: 'Zoë' }).of(me.id, me.name)).toBe('Zoë');
  });

  it('that_pretend_to_be_marked_are_marked', () => {
    expect(book(ada).of(ben.id, 'Ada (3f2a)')).toBe('Ada (3f2a) (9b1c)');
  });

  it('of_two_who_have_none_differ', () => {
    expect(book({ id: ada.id, name: '' }, { id: ben.id, name: '\u200b' }).of(ben.id, '\u200b')).toBe('Somebody (9b1c)');
  });

  it('that_read_from_the_right_keep_the_mark_outside', () => {
    const names = book({ id: ada.id, name: 'דנה' }, { id: ben.id, name: 'דנה' });
    expect(names.of(ada.id, 'דנה')).toBe('\u2068דנה\u2069 (3f2a)');
    expect(bareName(names.of(ada.id, 'דנה'))).toBe('דנה (3f2a)');
  });

  it('have_a_key_that_changes_when_they_do', () => {
    const twin = { id: ben.id, name: 'ADA' };
    expect(book(ada, ben).key).toBe(book(ben, ada).key);
    expect(book(ada, twin).key).not.toBe(book(ada, ben).key);
  });
});
