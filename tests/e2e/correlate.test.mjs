// The judge of every end-to-end test is judged here: it must recognise speech through all that a call does to it, and it
// must be able to say no.
import { beforeAll, describe, expect, test } from 'vitest';

import { correlate, loudness } from './correlate.mjs';
import { say, speak, sentences } from './speech.mjs';

const kRate = 48000;
const kHeard = 0.6; // the threshold that the tests use (people.mjs)

/** @type {Record<'anna' | 'ben' | 'cleo', Float32Array>} */
let said;
beforeAll(async () => {
  said = { anna: await say('anna'), ben: await say('ben'), cleo: await say('cleo') };
});

/** A generator of noise that is the same in every run (Numerical Recipes' constants). */
function noise(seed = 1) {
  let state = seed >>> 0;
  return () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1);
}

/** @param {Float32Array} sound @param {{ before?: number, after?: number, gain?: number, noise?: number }} how in seconds */
function inRoom(sound, { before = 1.234, after = 1, gain = 1, noise: level = 0 } = {}) {
  const random = noise();
  const lead = Math.round(before * kRate);
  const out = new Float32Array(lead + sound.length + Math.round(after * kRate));
  for (let i = 0; i < out.length; i++) out[i] = gain * (sound[i - lead] ?? 0) + level * random();
  return out;
}

/** Removes `ms` of sound every second, as a buffer does that accelerates, or repeats it. @param {Float32Array} sound @param {number} ms */
function stretched(sound, ms) {
  const cut = Math.round((Math.abs(ms) * kRate) / 1000);
  /** @type {number[]} */
  const out = [];
  for (let from = 0; from < sound.length; from += kRate) {
    const second = Array.from(sound.subarray(from, from + kRate));
    if (ms < 0) out.push(...second.slice(cut));
    else out.push(...second, ...second.slice(-cut));
  }
  return Float32Array.from(out);
}

/** One-pole low pass. @param {Float32Array} sound @param {number} hz */
function muffled(sound, hz) {
  const k = 1 - Math.exp((-2 * Math.PI * hz) / kRate);
  let state = 0;
  return sound.map((sample) => (state += k * (sample - state)));
}

describe('recognises', () => {
  test('the_same_speech_and_where_it_begins', () => {
    const match = correlate(said.anna, inRoom(said.anna));
    expect(match.score).toBeGreaterThan(0.97); // the 10 ms grid falls elsewhere
    expect(match.worst).toBeGreaterThan(0.95);
    expect(match.at).toBeCloseTo(1.234, 2);
    expect(Math.abs(match.gainDb)).toBeLessThan(0.2);
  });
  test('speech_that_is_quieter_and_says_by_how_much', () => {
    const match = correlate(said.ben, inRoom(said.ben, { gain: 0.1 }));
    expect(match.score).toBeGreaterThan(0.9);
    expect(match.gainDb).toBeCloseTo(-20, 0);
  });
  test('speech_in_noise_muffled_and_clipped', () => {
    const spoilt = inRoom(muffled(said.cleo, 2000), { noise: 0.01 }).map((x) => Math.max(-0.2, Math.min(0.2, x)));
    expect(correlate(said.cleo, spoilt).score).toBeGreaterThan(kHeard);
  });
  test.each([-20, 20])('speech_that_a_buffer_stretched_by_%i_ms_a_second', (ms) => {
    const match = correlate(said.anna, inRoom(stretched(said.anna, ms)));
    expect(match.score).toBeGreaterThan(kHeard);
    expect(match.worst).toBeGreaterThan(0.6);
  });
  test('one_voice_among_two_at_once', () => {
    const both = inRoom(said.anna);
    inRoom(said.ben, { gain: 0.5 }).forEach((x, i) => i < both.length && (both[i] = (both[i] ?? 0) + x));
    expect(correlate(said.anna, both).score).toBeGreaterThan(correlate(said.cleo, both).score + 0.2);
  });
});

describe('refuses', () => {
  const kNo = 0.5;
  test('another_sentence_by_another_speaker', () => {
    for (const a of /** @type {const} */ (['anna', 'ben', 'cleo'])) {
      for (const b of /** @type {const} */ (['anna', 'ben', 'cleo'])) {
        if (a !== b) expect(correlate(said[a], inRoom(said[b])).score, `${a} in ${b}`).toBeLessThan(kNo);
      }
    }
  });
  test('another_sentence_by_the_same_speaker', async () => {
    const other = await speak(sentences.anna.voice, sentences.ben.text);
    expect(correlate(said.anna, inRoom(other)).score).toBeLessThan(kNo);
  });
  test('the_same_sentence_by_another_speaker_is_less_alike_than_by_the_right_one', async () => {
    const other = await speak('en-gb+m3', sentences.anna.text);
    expect(correlate(said.anna, inRoom(other)).score).toBeLessThan(0.85);
  });
  test('the_same_speech_backwards', () => {
    expect(correlate(said.anna, inRoom(Float32Array.from(said.anna).reverse())).score).toBeLessThan(kNo);
  });
  test('silence_hum_and_noise', () => {
    expect(correlate(said.anna, new Float32Array(5 * kRate)).score).toBeLessThan(0.001);
    expect(correlate(said.anna, inRoom(new Float32Array(4 * kRate), { noise: 1e-5 })).score).toBeLessThan(0.1);
    expect(correlate(said.anna, inRoom(new Float32Array(4 * kRate), { noise: 0.1 })).score).toBeLessThan(0.3);
    expect(correlate(said.anna, Float32Array.from({ length: 5 * kRate }, (_, i) => 0.3 * Math.sin(i / 10))).score).toBeLessThan(0.3);
  });
  test('a_recording_that_is_empty_or_too_short', () => {
    expect(correlate(said.anna, new Float32Array(0)).score).toBe(0);
    expect(correlate(said.anna, said.anna.subarray(0, kRate / 2)).score).toBe(0);
  });
  test('a_hole_of_300_ms_shows_in_the_worst_piece', () => {
    const holed = inRoom(said.anna);
    holed.fill(0, Math.round(2.6 * kRate), Math.round(2.9 * kRate));
    const whole = correlate(said.anna, inRoom(said.anna));
    const match = correlate(said.anna, holed);
    expect(match.score).toBeGreaterThan(kHeard);
    expect(match.worst).toBeLessThan(whole.worst - 0.15);
  });
});

test('loudness_is_that_of_the_root_mean_square', () => {
  expect(loudness(Float32Array.from({ length: kRate }, (_, i) => Math.sin(i / 7)))).toBeCloseTo(-3, 1);
  expect(loudness(new Float32Array(10))).toBeLessThan(-100);
});
