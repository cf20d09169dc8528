/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');  // Vitest empties imported style sheets

const kTextOnGround = [
  ['ink', 'ground'], ['ink', 'ground-deep'], ['ink', 'surface'], ['ink', 'sunken'], ['ink', 'sun-wash'],
  ['quiet', 'ground'], ['quiet', 'ground-deep'], ['quiet', 'surface'], ['quiet', 'sunken'], ['quiet', 'sun-wash'],
  ['on-leaf', 'leaf'], ['on-leaf', 'leaf-hover'], ['leaf', 'surface'], ['ground', 'ink'], ['ground', 'bark'],
  ['leaf', 'leaf-wash'], ['ink', 'leaf-wash'], ['bark', 'surface'], ['bark', 'bark-wash'], ['sun', 'surface'], ['sun', 'sun-wash'],
] as const;

describe.each([['light', 0], ['dark', 1]] as const)('in the %s scheme', (_name, index) => {
  it.each(kTextOnGround)('%s_on_%s_can_be_read', (text, ground) => {
    expect(contrast(luminance(colour(text, index)), luminance(colour(ground, index)))).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['line-strong', 'leaf', 'glow'])('%s_can_be_seen_on_a_card', (line) => {
    const needed = line === 'glow' ? 2.5 : 3;  // the ring only repeats what the words say
    expect(contrast(luminance(colour(line, index)), luminance(colour('surface', index)))).toBeGreaterThanOrEqual(needed);
  });
});

function colour(token: string, scheme: number): string {
  const pair = new RegExp(`--${token}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(css);
  if (!pair) throw new Error(`no --${token} in tokens.css`);
  return pair[1 + scheme] ?? '';
}

// WCAG 2.2, "relative luminance" and "contrast ratio".
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
