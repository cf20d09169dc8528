// What is sent: clicks that a voice codec lets through, over a carrier that it takes for speech.
//
// A click is a 5 ms sweep from 1.5 to 5 kHz: short in time after matched filtering (0.3 ms), yet inside the band of every
// Opus mode. The carrier is noise below 700 Hz at −34 dBFS that swells four times a second, as syllables do: it keeps the
// gate, DTX and both jitter buffers as they are in the middle of a sentence, and leaves the click's band alone.

export const kClickSeconds = 0.005;
const kLowHz = 1500;
const kHighHz = 5000;
const kClickPeak = 0.5;
const kCarrierPeak = 0.05;
const kCarrierHz = 700;
const kSyllablesHz = 4;

export function click(rate: number): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(Math.round(kClickSeconds * rate));
  return samples.map((_, i) => {
    const t = i / rate;
    const phase = 2 * Math.PI * (kLowHz * t + ((kHighHz - kLowHz) * t * t) / (2 * kClickSeconds));
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / samples.length);
    return kClickPeak * window * Math.sin(phase);
  });
}

/** Loops without a seam: whole swells, and filters that have forgotten the seam's click band after it. */
export function carrier(rate: number, seconds: number): Float32Array<ArrayBuffer> {
  const random = generator(1);
  const pole = 1 - Math.exp((-2 * Math.PI * kCarrierHz) / rate);
  const state = [0, 0, 0, 0];
  const samples = new Float32Array(Math.round(seconds * rate));
  let peak = 0;
  for (let i = 0; i < samples.length; i++) {
    let value = random();
    for (let k = 0; k < state.length; k++) value = state[k] = (state[k] ?? 0) + pole * (value - (state[k] ?? 0));
    // A swell is silent at its ends, and so at the seam.
    samples[i] = value * (0.5 - 0.5 * Math.cos((2 * Math.PI * kSyllablesHz * i) / rate));
    peak = Math.max(peak, Math.abs(samples[i] ?? 0));
  }
  return samples.map((sample) => (sample * kCarrierPeak) / peak);
}

/** The same noise in every run (constants of Numerical Recipes). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;
}
