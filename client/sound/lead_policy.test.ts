import { describe, expect, it } from 'vitest';
import { LeadPolicy } from './lead_policy.ts';

const kRate = 48000;
const kSpare = 480; // frames left after each call: 10 ms
const ms = (frames: number): number => (frames / kRate) * 1000;

/** Lets the policy watch `seconds` of quiet in which `lowWater` frames were always left. */
function watch(policy: LeadPolicy, from: number, seconds: number, left: () => number, missing = 0): number {
  for (let now = from; now < from + seconds * 1000; now += 3) {
    policy.observe({ quantum: 128, missing, lowWater: left() }, now);
  }
  return from + seconds * 1000;
}

describe('LeadPolicy', () => {
  it('starts_above_what_any_sound_card_was_seen_to_take_at_once', () => {
    expect(ms(new LeadPolicy(kRate).frames)).toBe(25);
  });

  it('finds_the_small_lead_of_a_smooth_sound_card_within_two_seconds', () => {
    const policy = new LeadPolicy(kRate);
    watch(policy, 0, 2, () => policy.frames - 128);
    expect(policy.frames).toBe(128 + kSpare);
  });

  it('starts_over_when_the_sound_card_was_stopped', () => {
    const policy = new LeadPolicy(kRate);
    const end = watch(policy, 0, 2, () => policy.frames - 128);
    policy.restart();
    expect(ms(policy.frames)).toBe(25);
    watch(policy, end + 5000, 2, () => policy.frames - 128);
    expect(policy.frames).toBe(128 + kSpare);
  });

  it('grows_at_once_when_something_was_missing', () => {
    const policy = new LeadPolicy(kRate);
    const before = policy.frames;
    policy.observe({ quantum: 128, missing: 40, lowWater: 0 }, 0);
    expect(policy.frames).toBe(before + 128);
    policy.observe({ quantum: 128, missing: 40, lowWater: 0 }, 3); // the same 40
    expect(policy.frames).toBe(before + 128);
  });

  it('never_leads_by_more_than_60_ms', () => {
    const policy = new LeadPolicy(kRate);
    for (let i = 1; i < 100; ++i) policy.observe({ quantum: 128, missing: i * 5000, lowWater: 0 }, i);
    expect(ms(policy.frames)).toBe(60);
  });

  it('does_not_shrink_soon_after_an_underrun', () => {
    const policy = new LeadPolicy(kRate);
    const end = watch(policy, 0, 3, () => 48);
    policy.observe({ quantum: 128, missing: 128, lowWater: 0 }, end);
    const grown = policy.frames;
    const later = watch(policy, end + 1, 15, () => 600, 128);
    expect(policy.frames).toBe(grown);
    watch(policy, later, 30, () => 600, 128);
    expect(policy.frames).toBeLessThan(grown);
  });

  it('shrinks_while_there_is_always_plenty_and_keeps_a_little', () => {
    const policy = new LeadPolicy(kRate);
    const end = watch(policy, 0, 120, () => policy.frames - 128);
    expect(policy.frames).toBe(128 + kSpare);
    watch(policy, end, 60, () => 48);
    expect(policy.frames).toBe(128 + kSpare);
  });

  it('keeps_what_bursts_need', () => {
    const policy = new LeadPolicy(kRate);
    watch(policy, 0, 120, () => policy.frames - 480);
    expect(policy.frames).toBeGreaterThanOrEqual(480 + 48 - 1);
  });

  it('does_not_shrink_while_nothing_is_known', () => {
    const policy = new LeadPolicy(kRate);
    const before = policy.frames;
    watch(policy, 0, 60, () => Infinity);
    expect(policy.frames).toBe(before);
  });
});
