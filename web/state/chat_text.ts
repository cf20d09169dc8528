// What somebody wrote, cut into plain words and links. The words are anybody's: nothing here may be taken for markup, lead
// anywhere but where it says, or turn the words around it.

export type ChatToken = { readonly kind: 'words'; readonly words: string } | { readonly kind: 'link'; readonly words: string; readonly href: string };

// Up to a space, a quote, a bracket of markup, or a character that shows nothing (control, zero-width, direction): so a
// link's words are all that there is of it.
const kCandidate = /(?<![\p{L}\p{N}])https?:\/\/[^\s\p{C}"<>`\\^{|}]+/giu;
const kTrailing = /[.,;:!?'’”»*_~…]$/u;  // belongs to the sentence
const kPairs: Readonly<Record<string, string>> = { ')': '(', ']': '[' };
// What embeds, overrides and isolates directions. The plain marks (LRM, RLM, ALM) stay: mixed languages need them.
const kOverrides = /[\u202a-\u202e\u2066-\u2069]/gu;

const kLinksMax = 50;  // of one message; guess: a page of search results

export function chatTokens(text: string): ChatToken[] {
  const plain = text.replace(kOverrides, '').replace(/\n{3,}/g, '\n\n');
  const tokens: ChatToken[] = [];
  let at = 0;
  let links = 0;
  for (const match of plain.matchAll(kCandidate)) {
    if (links === kLinksMax) break;
    const words = withoutSentence(match[0]);
    const href = hrefOf(words);
    if (href === null) continue;
    if (match.index > at) tokens.push({ kind: 'words', words: plain.slice(at, match.index) });
    tokens.push({ kind: 'link', words: shownAs(words, href), href });
    at = match.index + words.length;
    links += 1;
  }
  if (at < plain.length) tokens.push({ kind: 'words', words: plain.slice(at) });
  return tokens;
}

const kLongLines = 12;  // a good part of the panel; guess
const kLongCharacters = 900;

// Folded until somebody asks for all of it, so that one message cannot push all others away.
export function isLong(text: string): boolean {
  return text.length > kLongCharacters || text.split('\n').length > kLongLines;
}

// For a sentence that is read aloud or seen for a moment.
export function inOneLine(text: string, length: number): string {
  const words = [...text.slice(0, 4 * length).replace(kOverrides, '').replace(/\s+/gu, ' ').trim()];
  return words.length > length ? `${words.slice(0, length - 1).join('')}…` : words.join('');
}

// A full stop or a bracket behind a link mostly belongs to the sentence; "(https://…/Grove_(trees))" keeps its own.
function withoutSentence(link: string): string {
  let end = link.length;
  for (;;) {
    const last = link.charAt(end - 1);
    const opening = kPairs[last];
    const isUnpaired = opening !== undefined && count(link, opening, end) < count(link, last, end);
    if (!isUnpaired && !kTrailing.test(last)) return link.slice(0, end);
    end -= 1;
  }
}

function count(text: string, character: string, end: number): number {
  let found = 0;
  for (let at = text.indexOf(character); at >= 0 && at < end; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}

// A name before an @ looks like where the link leads and is not: such links stay words.
function hrefOf(words: string): string | null {
  try {
    const url = new URL(words);
    const isWeb = url.protocol === 'http:' || url.protocol === 'https:';
    return isWeb && url.hostname !== '' && url.username === '' && url.password === '' ? url.href : null;
  } catch {
    return null;
  }
}

// Letters of other scripts look like those of a well-known host: then the browser's own spelling is shown.
function shownAs(words: string, href: string): string {
  return words.toLowerCase().startsWith(new URL(href).origin) ? words : href;
}
