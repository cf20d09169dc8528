import { describe, expect, it } from 'vitest';
import { LevelHistory, meterFraction } from './level.ts';

describe('meter', () => {
  it('silence_does_not_move_it', () => {
    for (const dbfs of [-100, -60, -Infinity, Number.NaN]) expect(meterFraction(dbfs)).toBe(0);
  });

  it('speech_moves_it_well_and_shouting_stops_at_the_end', () => {
    expect(meterFraction(-30)).toBeGreaterThan(0.4);
    expect(meterFraction(-30)).toBeLessThan(0.8);
    expect(meterFraction(3)).toBe(1);
  });
});

describe('level history', () => {
  it('keeps_the_last_levels_oldest_first', () => {
    const history = new LevelHistory(3);
    for (const dbfs of [0, -100, 0, -100]) history.push(dbfs);
    expect([0, 1, 2].map((index) => history.at(index))).toEqual([0, 1, 0]);
  });
});
