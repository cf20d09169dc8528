import { describe, expect, it } from 'vitest';
import { dbFromSlider, kLoudestDb, kSliderOff, sliderFraction, sliderFromDb } from './volume.ts';

describe('volume slider', () => {
  it('lowest_step_is_silence', () => {
    expect(dbFromSlider(kSliderOff)).toBe(-Infinity);
    expect(sliderFromDb(-Infinity)).toBe(kSliderOff);
  });

  it('every_step_survives_the_way_to_decibels_and_back', () => {
    for (let step = kSliderOff; step <= kLoudestDb; step++) expect(sliderFromDb(dbFromSlider(step))).toBe(step);
  });

  it('a_louder_step_is_never_quieter', () => {
    for (let step = kSliderOff; step < kLoudestDb; step++) {
      expect(dbFromSlider(step + 1)).toBeGreaterThan(dbFromSlider(step));
    }
  });

  it('very_quiet_but_audible_is_not_shown_as_off', () => {
    expect(sliderFromDb(-200)).toBe(kSliderOff + 1);
  });

  it('values_beyond_the_ends_stay_inside', () => {
    expect(dbFromSlider(99)).toBe(kLoudestDb);
    expect(dbFromSlider(-99)).toBe(-Infinity);
    expect(sliderFromDb(99)).toBe(kLoudestDb);
  });

  it('nonsense_means_unchanged_volume', () => {
    expect(dbFromSlider(Number.NaN)).toBe(0);
    expect(sliderFromDb(Number.NaN)).toBe(0);
  });

  it('fraction_runs_from_0_to_1', () => {
    expect(sliderFraction(-Infinity)).toBe(0);
    expect(sliderFraction(kLoudestDb)).toBe(1);
    expect(sliderFraction(0)).toBeCloseTo(0.625);
  });
});
