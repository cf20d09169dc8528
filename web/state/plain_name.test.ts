import { describe, expect, it } from 'vitest';
import { encodeMessage } from '../../client/message_body.ts';
import { bareName, isBlank, plainName } from './plain_name.ts';

describe('a name in a sentence', () => {
  it('stays_as_it_is_where_it_can_do_no_harm', () => {
    expect(plainName('Zoë 🌳', 'Somebody')).toBe('Zoë 🌳');
  });

  it('cannot_turn_the_words_after_it_around', () => {
    expect(plainName('An\u202ena\n', 'Somebody')).toBe('Anna');
  });

  it('that_reads_from_the_right_keeps_its_figures_to_itself', () => {
    expect(plainName('דנה', 'Somebody')).toBe('\u2068דנה\u2069');
  });

  it('has_no_marks_left_where_it_stands_by_itself', () => {
    expect(bareName(plainName('דנה', 'Somebody'))).toBe('דנה');
  });

  it.each([' \u200e ', '\u200b', '\u3164', '\u2800\u00ad'])('that_is_nothing_to_see_is_somebody_%j', (name) => {
    expect(plainName(name, 'Somebody')).toBe('Somebody');
  });

  it('is_blank_where_a_message_is', () => {
    for (let point = 1; point < 0x3200; point++) {
      const character = String.fromCodePoint(point);
      expect([point, isBlank(character)]).toEqual([point, encodeMessage('', character) === 'empty']);
    }
  });
});
