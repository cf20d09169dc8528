import { describe, expect, it } from 'vitest';
import { decodeMessage, encodeMessage, kMessageLengthMax, tidyText } from './message_body.ts';

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function encoded(name: string, text: string): Uint8Array<ArrayBuffer> {
  const body = encodeMessage(name, text);
  if (typeof body === 'string') throw new Error(body);
  return body;
}

describe('a message of ours', () => {
  it.each([
    ['Ada', 'Hello'],
    ['Zoë 🌳', 'two\nlines\tand a tab'],
    ['', '<b>"&\'</b>'],
    ['דנה', 'שלום \u200f😀'],
  ])('of_%s_comes_back_as_it_was', (name, text) => {
    expect(decodeMessage(encoded(name, text))).toEqual({ name, text });
  });

  it('of_four_thousand_characters_fits_however_many_bytes_they_have', () => {
    for (const character of ['a', 'é', '字', '🌳']) {
      const text = character.repeat(kMessageLengthMax);
      const body = encoded('Maximiliane von Hohenfels-Überlingen', text);
      expect(body.length).toBeLessThanOrEqual(16_000);
      expect(decodeMessage(body)?.text).toBe(text);
      expect(encodeMessage('Ada', text + character)).toBe('tooLong');
    }
  });

  it('of_nothing_to_be_seen_is_none', () => {
    for (const text of ['', ' \n\t ', '\u200b\u200d\u2060', '\u202e', '\ufeff', '\u2800']) expect(encodeMessage('Ada', text)).toBe('empty');
  });

  it('has_a_name_cut_between_characters_as_the_core_cuts_it', () => {
    expect(decodeMessage(encoded('🌳'.repeat(40), 'x'))?.name).toBe('🌳'.repeat(16));
    expect(decodeMessage(encoded('\u0001A\u0002da\nL. ', 'x'))?.name).toBe('Ada L.');
  });
});

describe('tidy text', () => {
  it('has_one_kind_of_line_end_no_controls_and_nothing_around_it', () => {
    expect(tidyText('\r\n  \n  a\r\nb\rc\u2028d\u0007\u001b[31m \n\n')).toBe('  a\nb\nc\nd[31m');
  });
});

describe('a body from the network', () => {
  it('of_plain_text_is_a_message_without_a_name', () => {
    expect(decodeMessage(utf8('plain'))).toEqual({ name: '', text: 'plain' });
  });

  it('that_is_no_utf8_is_nothing', () => {
    const cut = utf8('🌳').subarray(0, 3);
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [...utf8('ok '), 0x80], [...cut]]) expect(decodeMessage(Uint8Array.from(bytes))).toBeNull();
  });

  it('that_is_too_long_or_empty_is_nothing', () => {
    for (const text of ['', ' ', '\u0001Ada\u0002', 'a'.repeat(4001), `\u0001Ada\u0002${'🌳'.repeat(4001)}`]) expect(decodeMessage(utf8(text))).toBeNull();
  });

  it('with_a_heading_that_never_ends_or_is_too_long_is_nothing', () => {
    for (const text of ['\u0001Ada', `\u0001${'a'.repeat(65)}\u0002x`]) expect(decodeMessage(utf8(text))).toBeNull();
    expect(decodeMessage(utf8(`\u0001${'a'.repeat(64)}\u0002x`))?.text).toBe('x');
  });

  it('keeps_its_controls_to_itself', () => {
    expect(decodeMessage(utf8('\u0001A\u0007da\u0002a\u0000\u0002\u009bb\r\nc'))).toEqual({ name: 'Ada', text: 'ab\nc' });
  });
});
