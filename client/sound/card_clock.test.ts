import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/seeded_random.ts';
import { CardClock } from './card_clock.ts';

const kRate = 48000;

/** A sound card that wants `burst` frames at once, up to `jitterMs` late, in whole quanta. */
function* card(burst: number, jitterMs: number, seed = 1): Generator<{ at: number; read: number }> {
  const random = seededRandom(seed);
  for (let k = 1; ; ++k) {
    yield { at: (k * burst * 1000) / kRate + (jitterMs * random(1000)) / 1000, read: Math.ceil((k * burst) / 128) * 128 };
  }
}

function watch(clock: CardClock, bursts: Generator<{ at: number; read: number }>, count: number): { at: number; read: number } {
  let last = { at: 0, read: 0 };
  for (let i = 0; i < count; ++i) {
    last = bursts.next().value as typeof last;
    clock.observe(last.read, last.at);
  }
  return last;
}

describe('CardClock', () => {
  it.each([
    [128, 0],
    [480, 2],
    [1024, 5],
  ])('a_card_that_takes_%i_frames_at_once_never_finds_less_than_the_line_says_with_jitter_of_%i_ms', (burst, jitter) => {
    const clock = new CardClock(kRate);
    const bursts = card(burst, jitter);
    watch(clock, bursts, 100);
    for (let i = 0; i < 1000; ++i) {
      const { at, read } = bursts.next().value as { at: number; read: number };
      expect(clock.due(at)).toBeGreaterThan(read - 48); // the millisecond that LeadPolicy spares
      clock.observe(read, at);
    }
  });

  it('stays_less_than_a_burst_and_the_jitter_above_what_was_read', () => {
    const clock = new CardClock(kRate);
    const { at, read } = watch(clock, card(480, 2), 500);
    expect(clock.due(at) - read).toBeLessThan(2 * 48 + 128);
  });

  it('timeOf_is_the_inverse_of_due', () => {
    const clock = new CardClock(kRate);
    watch(clock, card(480, 2), 50);
    expect(clock.due(clock.timeOf(70_000))).toBeCloseTo(70_000);
  });

  it('follows_a_card_whose_clock_is_slower_than_ours', () => {
    const clock = new CardClock(kRate);
    const slow = 1.0002; // 200 ppm, twice what cheap crystals do
    let read = 0;
    let at = 0;
    for (let k = 1; k < 6000; ++k) {
      read = k * 480;
      at = k * 10 * slow;
      clock.observe(read, at);
    }
    expect((clock.due(at) - read) / 48).toBeLessThan(1); // ms
  });

  it('knows_nothing_before_the_first_read_and_after_a_stop', () => {
    const clock = new CardClock(kRate);
    clock.observe(0, 0);
    expect(clock.running).toBe(false);
    const { at, read } = watch(clock, card(480, 0), 50);
    expect(clock.running).toBe(true);
    clock.observe(read, at + 200);
    expect(clock.running).toBe(true);
    clock.observe(read, at + 251);
    expect(clock.running).toBe(false);
    clock.observe(read + 480, at + 9000);
    expect(clock.due(at + 9000)).toBeCloseTo(read + 480);
  });
});
