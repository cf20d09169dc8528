// What a chat message looks like as the body of a note (docs/protocol.md §8): UTF-8, the author's name as a heading, then
// the text. Others' bytes are any bytes: what is not exactly this is no message.

export const kMessageLengthMax = 4000; // characters, counted as people do: code points
const kBodyBytesMax = 16_000; // docs/protocol.md §8
const kNameBytesMax = 64; // as in records: docs/protocol.md §4
// ASCII's own: start of heading, start of text.
const kHeading = '\u0001';
const kText = '\u0002';

export interface MessageBody {
  name: string; // as the author was called then; '' where it was left out
  text: string;
}

export type Unfit = 'empty' | 'tooLong';

const encoder = new TextEncoder();

/** Line ends become '\n'; controls go, and what nobody sees at both ends. What is in between is its author's. */
export function tidyText(text: string): string {
  return text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(kControls, '').replace(/^(?:[^\S\n]*\n)+|\s+$/g, '');
}

/** @param text as tidyText gives it */
export function encodeMessage(name: string, text: string): Uint8Array<ArrayBuffer> | Unfit {
  if (isBlank(text)) return 'empty';
  if (messageLength(text) > kMessageLengthMax) return 'tooLong';
  const bare = encoder.encode(text);
  const headed = encoder.encode(`${kHeading}${cutName(name)}${kText}${text}`);
  return headed.length <= kBodyBytesMax ? headed : bare; // 4,000 emoji need every byte there is
}

/** Null: no message. */
export function decodeMessage(bytes: Uint8Array): MessageBody | null {
  let words: string;
  try {
    words = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
  const end = words.startsWith(kHeading) ? words.indexOf(kText) : -1;
  if (words.startsWith(kHeading) && end < 0) return null;
  const name = words.slice(1, Math.max(end, 1));
  const text = words.slice(end + 1);
  if (encoder.encode(name).length > kNameBytesMax || messageLength(text) > kMessageLengthMax || isBlank(text)) return null;
  return { name: oneLine(name), text: tidyText(text) };
}

/** Code points, as people count: an emoji is one, unless it is joined of several. */
export function messageLength(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

// All but tab and line feed: they show nothing, and some programs that text is pasted into obey them.
const kControls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

// Characters that show nothing, by themselves: spaces, controls, format characters (zero-width, direction).
const kVisible = /[^\s\p{C}\u2800\u3164\uffa0\u115f\u1160]/u;

function isBlank(text: string): boolean {
  return !kVisible.test(text);
}

function oneLine(name: string): string {
  return name.replace(/\s+/g, ' ').replace(kControls, '').trim();
}

function cutName(name: string): string {
  let cut = '';
  let bytes = 0;
  for (const character of oneLine(name)) {
    bytes += encoder.encode(character).length;
    if (bytes > kNameBytesMax) break;
    cut += character;
  }
  return cut;
}
