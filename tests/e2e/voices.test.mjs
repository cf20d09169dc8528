import { expect, test } from 'vitest';

import { correlate } from './correlate.mjs';
import { eightVoices, kHeardInBand } from './voices.mjs';

test('three_at_once_are_told_apart_and_nobody_else_is_heard', { timeout: 60_000 }, async () => {
  const voices = await eightVoices();
  for (const triple of [[0, 1, 2], [3, 4, 5], [6, 7, 5], [6, 4, 2], [0, 7, 2]]) {
    const mix = new Float32Array(4 * 48000);
    for (const one of triple) voices[one]?.forEach((sample, i) => (mix[9600 + i] = (mix[9600 + i] ?? 0) + sample));
    const scores = voices.map((voice) => correlate(voice, mix).score);
    scores.forEach((score, i) => {
      if (triple.includes(i)) expect(score, `${i} in ${triple}`).toBeGreaterThan(kHeardInBand + 0.15);
      else expect(score, `${i} in ${triple}`).toBeLessThan(kHeardInBand - 0.05);
    });
  }
});
