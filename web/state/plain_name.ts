// Names are any text that somebody chose. In a sentence of ours they must turn nothing around (Unicode UAX #9).

// The characters that direct text, and line breaks. One of them in a name would re-order the words after it.
const kDirections = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u0000-\u001f\u007f-\u009f\u2028\u2029]/gu;
const kRightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;
// What nobody sees by itself (client/message_body.ts says the same of messages): spaces, controls, zero-width, fillers.
const kUnseen = /[\s\p{C}\u2800\u3164\uffa0\u115f\u1160]+/gu;
const kIsolate = ['\u2068', '\u2069'];  // first strong isolate … pop

// For a name that stands by itself.
export function bareName(name: string): string {
  return name.replace(kDirections, '');
}

export function plainName(name: string, nameless: string): string {
  const plain = bareName(name).trim();
  if (isBlank(plain)) return nameless;
  return kRightToLeft.test(plain) ? kIsolate.join(plain) : plain;
}

export function seenOf(name: string): string {
  return name.replace(kUnseen, '');
}

export function isBlank(name: string): boolean {
  return seenOf(name) === '';
}
