import { describe, expect, it } from 'vitest';
import { decodeBase64url, encodeBase64url, newRoomLink, parseRoomLink } from './link.ts';
import { seededRandom } from './testing/seeded_random.ts';

describe('newRoomLink', () => {
  it('makes_links_that_parse_and_differ', () => {
    const links = Array.from({ length: 50 }, () => newRoomLink('https://example.org/app?x=1'));
    expect(new Set(links).size).toBe(50);
    for (const link of links) {
      expect(link).toMatch(/^https:\/\/example\.org\/app\?x=1#[\w-]{21}[AQgw]$/);
      expect(parseRoomLink(link).ok).toBe(true);
    }
  });

  it('replaces_the_secret_of_the_page', () => {
    const first = newRoomLink('https://example.org/');
    expect(newRoomLink(first)).toHaveLength(first.length);
    expect(newRoomLink(first)).not.toBe(first);
  });
});

describe('parseRoomLink', () => {
  const kSecret = 'AAECAwQFBgcICQoLDA0ODw';

  it('gives_the_secret_and_the_rendezvous_of_the_same_host', () => {
    const secret = Uint8Array.from({ length: 16 }, (_, i) => i);
    expect(parseRoomLink(`https://example.org:8443/deep/page?x#${kSecret}`)).toEqual({
      ok: true,
      secret,
      rendezvous: 'wss://example.org:8443/rendezvous',
      link: `https://example.org:8443/deep/page?x#${kSecret}`,
    });
    expect(parseRoomLink(` http://localhost:8080/#${kSecret}\n`)).toEqual({
      ok: true,
      secret,
      rendezvous: 'ws://localhost:8080/rendezvous',
      link: `http://localhost:8080/#${kSecret}`,
    });
  });

  it.each(['.', ')', '=', '%20', '%20%E2%80%9D', '>,', ' ', '%2e'])('passes_over_%s_which_a_sentence_left_after_it', (rest) => {
    const clean = { ok: true, link: `https://example.org/#${kSecret}` };
    expect(parseRoomLink(`https://example.org/#${kSecret}${rest}`)).toMatchObject(clean);
    expect(parseRoomLink(`https://example.org/#${rest}${kSecret}`)).toMatchObject(clean);
  });

  it.each(['https://example.org/', 'https://example.org/#'])('%s_has_no_secret', (link) => {
    expect(parseRoomLink(link)).toEqual({ ok: false, why: 'no-secret' });
  });

  it.each([
    '',
    kSecret,
    `#${kSecret}`,
    `ftp://example.org/#${kSecret}`,
    `https://example.org/#${kSecret.slice(0, 21)}`,
    `https://example.org/#${kSecret}A`,
    `https://example.org/#${kSecret.slice(0, 21)}x`, // spare bits
    `https://example.org/#${kSecret.slice(0, 21)}%`,
    `https://example.org/#.${kSecret.slice(0, 10)}.${kSecret.slice(10)}`,
    `https://example.org/#${kSecret.slice(0, 20)}+/`,
  ])('%s_is_malformed', (link) => {
    expect(parseRoomLink(link)).toEqual({ ok: false, why: 'malformed' });
  });

  it('knows_exactly_one_text_for_a_secret', () => {
    const texts = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'].filter(
      (last) => parseRoomLink(`https://example.org/#${kSecret.slice(0, 21)}${last}`).ok,
    );
    expect(texts).toEqual(['A', 'Q', 'g', 'w']);
  });
});

describe('base64url', () => {
  it('gives_back_what_went_in', () => {
    const random = seededRandom(7);
    for (let i = 0; i < 500; ++i) {
      const bytes = Uint8Array.from({ length: random(40) }, () => random(256));
      expect(decodeBase64url(encodeBase64url(bytes))).toEqual(bytes);
    }
  });

  it('refuses_a_length_that_no_bytes_have', () => {
    expect(decodeBase64url('A')).toBeNull();
    expect(decodeBase64url('AAAAA')).toBeNull();
  });
});
