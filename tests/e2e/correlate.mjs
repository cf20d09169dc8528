// Decides whether one sound is in another: "B heard what A said".
//
// Speech on its way loses its waveform (Opus, noise suppression, gain control, time-stretching), but keeps its shape: when
// which band is loud. So both sounds become twelve band envelopes of 10 ms steps, and these are correlated at every delay
// (Pearson's r per band, bands weighted by what the reference has in them). Then the reference is cut into pieces and each
// is looked for near its neighbour's delay, since a jitter buffer moves while somebody talks. The score is the mean of the pieces;
// a hole or a stutter shows in its piece however good the rest is.

import { hann, makeFft } from './fft.mjs';

const kRate = 48000;
const kStep = 480; // 10 ms
const kWindow = 1024;
const kBands = 12;
const kLowHz = 150;
const kHighHz = 5000; // where Opus' wide band is still sure to be
const kFloor = 3e-4; // −70 dBFS: whatever is below is silence
const kQuiet = Math.sqrt(kFloor); // silence, in an envelope
const kPieceSteps = 60; // 0.6 s, two or three syllables
const kDriftSteps = 15; // 150 ms: how far a jitter buffer may move from one piece to the next
const kSurePiece = 0.6; // a piece that says where it is

/**
 * @typedef {object} Match
 * @property {number} score 0 … 1: the mean of the pieces
 * @property {number} at in seconds: where in `heard` the reference begins
 * @property {number} gainDb how much louder it was heard than said
 * @property {number[]} pieces score of each 0.6 s of the reference
 * @property {number} worst the least of them
 */

/**
 * @param {Float32Array} said
 * @param {Float32Array} heard
 * @returns {Match} both at 48 kHz
 */
export function correlate(said, heard) {
  const reference = envelopesOf(said);
  const recording = envelopesOf(heard);
  const none = { score: 0, at: 0, gainDb: -Infinity, pieces: [], worst: 0 };
  if (reference.steps === 0 || recording.steps < reference.steps / 2) return none;

  // The recording may end a little early or begin a little late: let the reference hang out by a tenth on either side.
  const slack = Math.floor(reference.steps / 10);
  const whole = outlineOf(reference, 0, reference.steps);
  let best = 0;
  let most = 0;
  for (let lag = -slack; lag + reference.steps <= recording.steps + slack; lag++) {
    const r = likeness(whole, recording, lag);
    if (r > most) [most, best] = [r, lag];
  }
  if (most === 0) return none;

  /** @type {Outline[]} a pause has nothing to recognise */
  const outlines = [];
  for (let from = 0; from + kPieceSteps <= reference.steps; from += kPieceSteps) {
    if (energy(reference, from, kPieceSteps) >= kPieceSteps * 1e-5) outlines.push(outlineOf(reference, from, kPieceSteps));
  }
  if (outlines.length === 0) return none;
  // From the piece that fits best at the best delay, to both ends: each piece is looked for near its neighbour's place.
  const fits = outlines.map((outline) => likeness(outline, recording, best));
  const seed = fits.indexOf(Math.max(...fits));
  /** @type {number[]} */
  const pieces = [];
  let saidEnergy = 0;
  let heardEnergy = 0;
  /** @param {Outline | undefined} outline @param {number} index @param {number} near @returns {number} where the next one is looked for */
  const place = (outline, index, near) => {
    if (!outline) return near;
    let piece = 0;
    let where = near;
    for (let lag = near - kDriftSteps; lag <= near + kDriftSteps; lag++) {
      const r = likeness(outline, recording, lag);
      if (r > piece) [piece, where] = [r, lag];
    }
    pieces[index] = piece;
    saidEnergy += energy(reference, outline.from, kPieceSteps);
    heardEnergy += energy(recording, outline.from + where, kPieceSteps);
    return piece > kSurePiece ? where : near;
  };
  const centre = place(outlines[seed], seed, best);
  for (let index = seed + 1, near = centre; index < outlines.length; index++) near = place(outlines[index], index, near);
  for (let index = seed - 1, near = centre; index >= 0; index--) near = place(outlines[index], index, near);
  const score = pieces.reduce((sum, piece) => sum + piece, 0) / pieces.length;
  return { score, at: (best * kStep) / kRate, gainDb: 10 * Math.log10(heardEnergy / saidEnergy), pieces, worst: Math.min(...pieces) };
}

/** Loudness of a stretch. @param {Float32Array} samples @returns {number} dBFS of its root mean square */
export function loudness(samples) {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return 10 * Math.log10(sum / Math.max(1, samples.length) + 1e-12);
}

/** @typedef {{ steps: number, bands: Band[], power: Float32Array }} Envelopes power: per step */
/** @typedef {{ shape: Float64Array, sums: Float64Array, squares: Float64Array }} Band sums: of all steps before; of their squares */
/** @typedef {{ from: number, steps: number, bands: { band: number, weight: number, shape: Float64Array }[] }} Outline what a stretch looks like: around 0, only bands in which something happens */

/** @type {WeakMap<Float32Array, Envelopes>} one sound is compared with many */
const known = new WeakMap();

/** @param {Float32Array} samples */
function envelopesOf(samples) {
  let envelopes = known.get(samples);
  if (!envelopes) known.set(samples, (envelopes = measure(samples)));
  return envelopes;
}

/** @param {Float32Array} samples @returns {Envelopes} */
function measure(samples) {
  const steps = Math.max(0, Math.floor((samples.length - kWindow) / kStep) + 1);
  const bands = Array.from({ length: kBands }, () => ({ shape: new Float64Array(steps), sums: new Float64Array(steps + 1), squares: new Float64Array(steps + 1) }));
  const power = new Float32Array(steps);
  const re = new Float64Array(kWindow);
  const im = new Float64Array(kWindow);
  for (let step = 0; step < steps; step++) {
    for (let i = 0; i < kWindow; i++) {
      re[i] = (samples[step * kStep + i] ?? 0) * (kHann[i] ?? 0);
      im[i] = 0;
    }
    fft(re, im);
    bands.forEach(({ shape, sums, squares }, band) => {
      let sum = 0;
      for (let bin = edge(band); bin < edge(band + 1); bin++) sum += (re[bin] ?? 0) ** 2 + (im[bin] ?? 0) ** 2;
      const mean = (2 * sum) / kWindow ** 2 / 0.375; // Hann's power is 3/8
      power[step] = (power[step] ?? 0) + mean;
      // The fourth root of power lies between amplitude (only vowels count) and its logarithm (only noise counts).
      const value = (mean + kFloor ** 2) ** 0.25;
      shape[step] = value;
      sums[step + 1] = (sums[step] ?? 0) + value;
      squares[step + 1] = (squares[step] ?? 0) + value * value;
    });
  }
  return { steps, bands, power };
}

/** @param {Envelopes} sound @param {number} from @param {number} steps @returns {Outline} */
function outlineOf(sound, from, steps) {
  const bands = sound.bands.flatMap(({ shape, sums, squares }, band) => {
    const mean = between(sums, from, from + steps) / steps;
    const variance = between(squares, from, from + steps) / steps - mean ** 2;
    if (variance < kFloor / 100) return [];
    return [{ band, weight: Math.sqrt(variance), shape: shape.slice(from, from + steps).map((value) => value - mean) }];
  });
  return { from, steps, bands };
}

/**
 * Pearson's r of each band, weighted. Steps outside the recording count as silence.
 * @param {Outline} outline @param {Envelopes} recording @param {number} lag
 */
function likeness(outline, recording, lag) {
  const n = outline.steps;
  const begin = outline.from + lag;
  const first = Math.max(0, begin);
  const end = Math.min(recording.steps, begin + n);
  const outside = n - Math.max(0, end - first);
  let total = 0;
  let weights = 0;
  for (const { band, weight, shape: x } of outline.bands) {
    const { shape: y, sums, squares } = /** @type {Band} */ (recording.bands[band]);
    // x sums to 0, so y may be counted from silence: what lies outside then adds nothing.
    let xy = 0;
    for (let step = first; step < end; step++) xy += /** @type {number} */ (x[step - begin]) * (/** @type {number} */ (y[step]) - kQuiet);
    const mean = (between(sums, first, end) + outside * kQuiet) / n;
    const variance = (between(squares, first, end) + outside * kQuiet ** 2) / n - mean ** 2;
    weights += weight;
    // The addend keeps the last bits of a silence from looking like speech.
    total += xy / n / Math.sqrt(variance + kFloor / 100);
  }
  return weights > 0 ? Math.max(0, total / weights) : 0;
}

/** @param {Float64Array} sums @param {number} from @param {number} to */
function between(sums, from, to) {
  return from < to ? (sums[to] ?? 0) - (sums[from] ?? 0) : 0;
}

/** @param {Envelopes} sound @param {number} from @param {number} steps */
function energy(sound, from, steps) {
  let sum = 0;
  for (let step = Math.max(0, from); step < from + steps; step++) sum += sound.power[step] ?? 0;
  return sum;
}

/** Band edges are equally far apart in pitch. @param {number} band */
function edge(band) {
  return Math.round((kLowHz * (kHighHz / kLowHz) ** (band / kBands) * kWindow) / kRate);
}

const kHann = hann(kWindow);
const fft = makeFft(kWindow);
