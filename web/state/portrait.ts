// What stands for a person where there is no picture: up to two letters and a colour that follows the identity, so that
// a new name does not change the colour and two people of one name differ.

export function initials(name: string): string {
  const words = name.trim().split(/[\s._-]+/u).filter((word) => word !== '' && !word.startsWith('('));
  const first = firstGrapheme(words[0] ?? '');
  const last = words.length > 1 ? firstGrapheme(words[words.length - 1] ?? '') : '';
  return (first + last).toLocaleUpperCase() || '?';
}

// A hue in degrees. Identities are random bytes, so their first 16 bits are as good as a hash.
export function hue(id: string): number {
  const bits = Number.parseInt(id.slice(0, 4), 16);
  return Number.isNaN(bits) ? 140 : Math.floor((bits / 0x10000) * 360);
}

function firstGrapheme(word: string): string {
  const segmenter = typeof Intl.Segmenter === 'function' ? new Intl.Segmenter() : undefined;
  const [first] = segmenter ? segmenter.segment(word) : [];
  return first?.segment ?? [...word][0] ?? '';
}
