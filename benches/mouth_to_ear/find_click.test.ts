import { describe, expect, test } from 'vitest';
import { findClick } from './find_click.ts';
import { carrier, click, generator } from './signal.ts';
import { median, quantile } from './statistics.mjs';

const kRate = 48000;

function recordingWith(at: number, gain: number, noise: number): Float32Array {
  const random = generator(7);
  const recording = carrier(kRate, 0.5).map((sample) => sample + noise * random());
  click(kRate).forEach((sample, i) => (recording[at + i] = (recording[at + i] ?? 0) + gain * sample));
  return recording;
}

describe('findClick', () => {
  test.each([0, 1, 4711, 20000])('finds_a_click_at_%i_over_the_carrier', (at) => {
    const found = findClick(recordingWith(at, 1, 0), click(kRate));
    expect(found.at).toBeCloseTo(at, 0);
    expect(found.likeness).toBeGreaterThan(0.95);
  });
  test('finds_a_quiet_and_inverted_click_in_noise', () => {
    const found = findClick(recordingWith(5000, -0.2, 0.01), click(kRate));
    expect(Math.abs(found.at - 5000)).toBeLessThan(2);
    expect(found.likeness).toBeGreaterThan(0.6);
  });
  test('says_how_unlike_the_best_place_is_where_there_is_no_click', () => {
    expect(findClick(recordingWith(0, 0, 0.01), click(kRate)).likeness).toBeLessThan(0.5);
    expect(findClick(new Float32Array(4800), click(kRate))).toEqual({ at: 0, likeness: 0 });
  });
});

test('quantiles_lie_between_neighbours', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});
