import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

import { VoiceModule } from '../../client/engine/voice_module.ts';
import { findHoles, glide, longestHole } from './holes.mjs';
import { say } from './speech.mjs';

const kRate = 48000;
const ms = (/** @type {number} */ value) => Math.round((value * kRate) / 1000);

/** @param {Float32Array} sound @param {number} from @param {(i: number) => number} what @param {number} length in samples, both */
function overwrite(sound, from, length, what) {
  const out = sound.slice();
  for (let i = 0; i < length; i++) out[from + i] = what(i);
  return out;
}

/** @param {Float32Array} sound @param {number} at @param {number} samples of silence put in between */
function pause(sound, at, samples) {
  const out = new Float32Array(sound.length + samples);
  out.set(sound.subarray(0, at));
  out.set(sound.subarray(at), at + samples);
  return out;
}

describe('a hole', () => {
  test.each([30, 80, 150, 600])('of_silence_for_%i_ms_is_found_where_it_is', (length) => {
    const holes = findHoles(overwrite(glide(3), ms(1010), ms(length), () => 0));
    expect(holes).toHaveLength(1);
    expect(Math.abs((holes[0]?.at ?? 0) - 1.01)).toBeLessThan(0.015);
    expect((holes[0]?.seconds ?? 0) * 1000).toBeGreaterThanOrEqual(length);
    expect((holes[0]?.seconds ?? 0) * 1000).toBeLessThan(length + 12);
  });

  test.each([30, 80, 150])('that_is_concealed_by_holding_the_pitch_for_%i_ms_is_one', (length) => {
    const hz = 1500; // the glide's at 1.2 s
    const hole = longestHole(overwrite(glide(3), ms(1200), ms(length), (i) => 0.4 * Math.sin((2 * Math.PI * hz * i) / kRate)));
    expect(hole * 1000).toBeGreaterThanOrEqual(length - 2);
    expect(hole * 1000).toBeLessThan(length + 15);
  });

  test('after_which_the_voice_goes_on_later_than_before_counts_until_it_goes_on', () => {
    const hole = longestHole(pause(glide(3), ms(1100), ms(90)));
    expect(hole * 1000).toBeGreaterThanOrEqual(90);
    expect(hole * 1000).toBeLessThan(102);
  });

  test('reaches_as_far_as_somebody_else_speaks_instead', async () => {
    const speech = await say('ben');
    expect(longestHole(speech)).toBeGreaterThan((speech.length / kRate) * 0.9);
  });
});

describe('no hole', () => {
  test('is_in_the_glide_itself_however_loud', () => {
    expect(findHoles(glide(5))).toEqual([]);
    expect(findHoles(glide(2).map((sample) => sample / 40))).toEqual([]);
  });

  test.each([0.9, 1.1])('is_in_a_voice_that_a_jitter_buffer_plays_%f_times_as_fast_in_some_noise', (speed) => {
    const whole = glide(4);
    const played = Float32Array.from({ length: ms(3000) }, (_, i) => {
      const at = Math.floor(i * speed);
      const part = i * speed - at;
      return 0.3 * ((whole[at] ?? 0) * (1 - part) + (whole[at + 1] ?? 0) * part) + 0.01 * Math.sin(i * i);
    });
    expect(findHoles(played)).toEqual([]);
  });

  test('is_a_splice_as_jitter_buffers_make_them', () => {
    const whole = glide(3);
    const spliced = new Float32Array(whole.length - ms(15));
    spliced.set(whole.subarray(0, ms(1300)));
    spliced.set(whole.subarray(ms(1315)), ms(1300));
    expect(findHoles(spliced)).toEqual([]);
  });
});

describe("through the product's mouth and ear", () => {
  const module = new WebAssembly.Module(readFileSync(new URL('../../build/wasm/voice.wasm', import.meta.url)));

  /** @param {(frame: number) => boolean} arrives */
  function transmit(arrives) {
    const voice = new VoiceModule(module, kRate);
    const said = glide(4);
    const heard = [];
    let frames = 0;
    for (let tick = 0; tick * 480 < said.length; tick++) {
      const now = tick * 10;
      voice.pcm(480).set(said.subarray(tick * 480, (tick + 1) * 480));
      voice.handlePcm(480);
      for (let frame = voice.pollFrame(); frame; frame = voice.pollFrame()) {
        if (arrives(++frames)) voice.handleFrame(1, frames, 0, frame.slice(), now);
      }
      const stereo = voice.pullAudio(480, now);
      for (let i = 0; i < 480; i++) heard.push(stereo[2 * i] ?? 0);
    }
    return { heard: Float32Array.from(heard).subarray(ms(500)), frames }; // once the jitter buffer knows the path
  }

  test('all_that_arrives_is_heard', () => {
    const { heard, frames } = transmit(() => true);
    expect(frames).toBeGreaterThan(190); // the gate stays open
    expect(findHoles(heard)).toEqual([]);
  });

  test.each([2, 5, 10])('%i_lost_frames_are_a_hole_of_their_length', (lost) => {
    const { heard } = transmit((frame) => frame < 100 || frame >= 100 + lost);
    const hole = longestHole(heard) * 1000;
    expect(hole).toBeGreaterThan(20 * (lost - 1) - 5); // the next frame's FEC brings one back
    expect(hole).toBeLessThan(20 * lost + 40);
  });
});
