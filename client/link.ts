// The room link: where the app is served, and after '#', which browsers send to nobody, the room's secret.

const kSecretBytes = 16; // DESIGN.md §8: 128 bits

export type ParsedRoomLink =
  | { ok: true; secret: Uint8Array<ArrayBuffer>; rendezvous: string; link: string }
  | { ok: false; why: 'no-secret' | 'malformed' };

/**
 * A link to a new room that only those who are told it can find.
 * @param page URL of the app's page; default: this page. A fragment it has is replaced.
 * @returns `page#` + 22 base64url characters (128 random bits)
 */
export function newRoomLink(page: string = location.href): string {
  const url = new URL(page);
  url.hash = encodeBase64url(crypto.getRandomValues(new Uint8Array(kSecretBytes)));
  return url.href;
}

/**
 * Takes a room link apart. Never throws.
 * @param link a whole http(s) URL. What a sentence leaves at the ends of its secret (spaces, a full stop, a bracket) is passed over.
 * @returns the secret (16 bytes), the WebSocket URL of the rendezvous on the link's own host, and the link as it should be; or why not: 'no-secret'
 *   (a URL of the app without a fragment: make a new room) or 'malformed' (cut short, or changed on the way).
 */
export function parseRoomLink(link: string): ParsedRoomLink {
  let url: URL;
  try {
    url = new URL(link.trim());
  } catch {
    return { ok: false, why: 'malformed' };
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return { ok: false, why: 'malformed' };
  if (url.hash.length <= 1) return { ok: false, why: 'no-secret' };
  const text = url.hash.slice(1).replace(kNotOfSecret, '');
  const secret = decodeBase64url(text);
  if (secret?.length !== kSecretBytes) return { ok: false, why: 'malformed' };
  const scheme = url.protocol === 'https:' ? 'wss' : 'ws';
  const rendezvous = `${scheme}://${url.host}/rendezvous`;
  url.hash = text;
  return { ok: true, secret, rendezvous, link: url.href };
}

// At either end: what is none of its letters, also as browsers write it (%20).
const kNotOfSecret = /^(?:%[\da-f]{2}|[^\w-])+|(?:%[\da-f]{2}|[^\w-])+$/gi;

const kAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'; // RFC 4648 §5

export function encodeBase64url(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += kAlphabet.charAt((held >> bits) & 63);
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + kAlphabet.charAt((held << (6 - bits)) & 63) : text;
}

/** Null unless every character belongs to the alphabet and the spare bits of the last one are zero: one text a secret. */
export function decodeBase64url(text: string): Uint8Array<ArrayBuffer> | null {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = kAlphabet.indexOf(character);
    if (value < 0) return null;
    held = (held << 6) | value;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes.push(held >> bits);
      held &= (1 << bits) - 1;
    }
  }
  return bits < 6 && held === 0 ? Uint8Array.from(bytes) : null;
}
