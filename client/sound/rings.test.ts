import { describe, expect, it } from 'vitest';
import { seededRandom } from '../testing/seeded_random.ts';
import { makeMessageRing, makePcmRing, MessageRing, PcmRing } from './rings.ts';

/** A ring's counters run free: start them just below where they wrap. */
function nearWrap(buffer: SharedArrayBuffer, before: number): SharedArrayBuffer {
  new Int32Array(buffer).fill(-before, 0, 2);
  return buffer;
}

describe('PcmRing', () => {
  it.each([0, 1, 7, 64, 1000])('keeps_every_sample_in_order_when_counters_start_%i_before_their_wrap', (before) => {
    for (let seed = 1; seed <= 10; ++seed) {
      const random = seededRandom(seed);
      const ring = new PcmRing(nearWrap(makePcmRing(64), before));
      let written = 0;
      let read = 0;
      for (let step = 0; step < 300; ++step) {
        const block = Float32Array.from({ length: random(40) }, (_, i) => written + i);
        const fits = block.length <= 64 - (written - read);
        expect(ring.write(block)).toBe(fits);
        if (fits) written += block.length;
        expect(ring.waiting()).toBe(written - read);
        const into = new Float32Array(random(40));
        const got = ring.read(into);
        expect(got).toBe(Math.min(into.length, written - read));
        expect(into.subarray(0, got).every((sample, i) => sample === read + i)).toBe(true);
        read += got;
      }
    }
  });

  it('takes_all_of_a_block_or_nothing', () => {
    const ring = new PcmRing(makePcmRing(16));
    expect(ring.write(new Float32Array(10))).toBe(true);
    expect(ring.write(new Float32Array(7))).toBe(false);
    expect(ring.waiting()).toBe(10);
    expect(ring.write(new Float32Array(6))).toBe(true);
  });

  it('leaves_the_rest_of_the_readers_block_alone', () => {
    const ring = new PcmRing(makePcmRing(16));
    ring.write(Float32Array.of(1, 2));
    const into = new Float32Array(4).fill(9);
    expect(ring.read(into)).toBe(2);
    expect(Array.from(into)).toEqual([1, 2, 9, 9]);
  });
});

describe('MessageRing', () => {
  it.each([0, 4, 60, 1024])('keeps_every_message_whole_when_counters_start_%i_before_their_wrap', (before) => {
    for (let seed = 1; seed <= 10; ++seed) {
      const random = seededRandom(seed);
      const ring = new MessageRing(nearWrap(makeMessageRing(256), before));
      const expected: Uint8Array[] = [];
      for (let step = 0; step < 300; ++step) {
        const message = Uint8Array.from({ length: random(90) }, () => random(256));
        const used = expected.reduce((sum, each) => sum + 4 + Math.ceil(each.length / 4) * 4, 0);
        const fits = used + 4 + Math.ceil(message.length / 4) * 4 <= 256;
        expect(ring.push(message)).toBe(fits);
        if (fits) expected.push(message);
        for (let pops = random(3); pops > 0; --pops) expect(String(ring.pop())).toBe(String(expected.shift() ?? null));
      }
    }
  });

  it('carries_empty_messages', () => {
    const ring = new MessageRing(makeMessageRing(64));
    ring.push(new Uint8Array(0));
    expect(ring.pop()).toEqual(new Uint8Array(0));
    expect(ring.pop()).toBeNull();
  });

  it('refuses_a_message_longer_than_itself', () => {
    const ring = new MessageRing(makeMessageRing(64));
    expect(ring.push(new Uint8Array(61))).toBe(false);
    expect(ring.push(new Uint8Array(60))).toBe(true);
  });

  it('gives_messages_that_later_ones_do_not_overwrite', () => {
    const ring = new MessageRing(makeMessageRing(16));
    ring.push(Uint8Array.of(1, 2, 3));
    const first = ring.pop();
    ring.push(Uint8Array.of(4, 5, 6));
    ring.push(Uint8Array.of(7, 8, 9));
    expect(first).toEqual(Uint8Array.of(1, 2, 3));
  });
});
