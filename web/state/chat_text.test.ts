import { describe, expect, it } from 'vitest';
import { chatTokens, inOneLine, isLong } from './chat_text.ts';

const links = (text: string): string[] => chatTokens(text).flatMap((token) => (token.kind === 'link' ? [token.href] : []));
const shown = (text: string): string => chatTokens(text).map(({ words }) => words).join('');

describe('links', () => {
  it.each([
    ['see https://grove.example/a?b=c#d for more', ['https://grove.example/a?b=c#d']],
    ['HTTP://GROVE.EXAMPLE', ['http://grove.example/']],
    ['(https://en.example/Grove_(trees)), or https://b.example.', ['https://en.example/Grove_(trees)', 'https://b.example/']],
    ['https://a.example/x!?…', ['https://a.example/x']],
    ['“https://a.example”', ['https://a.example/']],
    ['https://a.example\nhttps://b.example', ['https://a.example/', 'https://b.example/']],
    ['http://127.0.0.1:8080/#room', ['http://127.0.0.1:8080/#room']],
    ['[words](https://a.example)', ['https://a.example/']],
  ])('are_found_in_%j', (text, hrefs) => {
    expect(links(text)).toEqual(hrefs);
    expect(shown(text)).toBe(text);
  });

  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt://https%0aalert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:https',
    'file:///etc/passwd',
    'blob:https',
    'xhttps://a.example',
    'https://',
    'https:///',
    'http://javascript:alert(1)',
    'https://google.com@evil.example/',
    'https://user:word@evil.example/',
    'https://[::1',
    'https://a.example:99999/',
  ])('are_not_made_of_%j', (text) => {
    expect(links(text)).toEqual([]);
    expect(shown(text)).toBe(text);
  });

  it('lead_nowhere_but_to_the_web_whatever_stands_around_them', () => {
    for (const text of ['javascript:https://a.example', '"><img src=x onerror=alert(1)> https://a.example/"onmouseover="alert(1)', "https://a.example/'onclick='x", 'https://a.example/<b>']) {
      for (const href of links(text)) {
        expect(href).toMatch(/^https:\/\/a\.example\//);
        expect(href).not.toMatch(/["<>]/);
      }
      expect(shown(text)).toBe(text);
    }
  });

  it('end_where_characters_that_show_nothing_begin', () => {
    for (const nothing of ['\u200b', '\u200d', '\ufeff', '\u202e', '\u2066', '\u0007', '\u00ad']) {
      expect(links(`https://good.example${nothing}.evil.example/`)).toEqual(nothing === '\u202e' || nothing === '\u2066' ? ['https://good.example.evil.example/'] : ['https://good.example/']);
    }
  });

  it('say_where_they_lead_when_their_letters_look_like_others', () => {
    const [token] = chatTokens('https://gооgle.example/x');  // two Cyrillic letters
    expect(token).toEqual({ kind: 'link', words: 'https://xn--ggle-55da.example/x', href: 'https://xn--ggle-55da.example/x' });
  });

  it('are_so_many_and_then_words', () => {
    const text = 'http://a.example '.repeat(200);
    expect([links(text).length, shown(text)]).toEqual([50, text]);
  });

  it('of_four_thousand_characters_are_links_and_thousands_of_brackets_take_no_time', () => {
    const long = `https://a.example/${'x'.repeat(3982)}`;
    expect(links(long)).toEqual([long]);
    const started = performance.now();
    for (const text of [`https://a.example/${')'.repeat(3980)}`, 'https://'.repeat(500), `https://a.example/${'.'.repeat(3980)}`, '('.repeat(4000)]) chatTokens(text);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('words', () => {
  it('cannot_be_turned_around', () => {
    expect(shown('abc\u202egpj.exe\u2066x')).toBe('abcgpj.exex');
    expect(shown('שלום\u200f world')).toBe('שלום\u200f world');
  });

  it('keep_joined_emoji_together', () => {
    expect(shown('👩‍👩‍👧')).toBe('👩‍👩‍👧');
  });

  it('have_at_most_one_empty_line_between_them', () => {
    expect(shown(`a${'\n'.repeat(3000)}b`)).toBe('a\n\nb');
  });

  it('that_are_many_are_folded', () => {
    expect([isLong('short'), isLong('x'.repeat(1000)), isLong('a\n'.repeat(20))]).toEqual([false, true, true]);
  });

  it('read_aloud_are_one_line_and_not_longer_than_asked', () => {
    expect(inOneLine(' a\n b\u202e ', 10)).toBe('a b');
    expect(inOneLine('🌳'.repeat(20), 5)).toBe('🌳🌳🌳🌳…');
  });
});
