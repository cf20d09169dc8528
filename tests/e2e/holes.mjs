// How long a listener had to do without a voice: for relays that die.
//
// The speaker plays a tone that glides from 500 to 3000 Hz, again and again, and never twice the same way within half a second.
// What was heard is a hole wherever the glide does not go on: silence, but also the guesses of a concealment, which holds or
// fades the last pitch. A tone's frequency tells its place in the glide, so "goes on" means that the delay between what was said
// and what is heard stands still, within what a jitter buffer stretches. It may be another delay after the hole than before.
import { hann, makeFft } from './fft.mjs';

const kRate = 48000;
const kLowHz = 500;
const kHighHz = 3000; // inside every Opus mode's band
const kGlideSeconds = 0.5; // 5 Hz a ms
const kAmplitude = 0.4; // −11 dBFS: far above what the gate can take for noise (−35, core/voice/signal/noise_gate.cpp)

const kWindow = 512; // 10.7 ms
const kStepSeconds = 0.0025;
const kQuietDb = -50;
const kPureMin = 0.5; // share of the energy that lies within two bins of the strongest
const kApartSteps = 4; // 10 ms: over which the delay is compared
const kDriftMax = 0.5; // of that time. A concealment has 1, a jitter buffer in haste 0.3
const kBridgeSteps = 6; // 15 ms: what goes on for less is chance, and a hole that is shorter is a splice of a jitter buffer

/** @param {number} seconds @returns {Float32Array} mono at 48 kHz */
export function glide(seconds) {
  const samples = new Float32Array(Math.round(seconds * kRate));
  let phase = 0;
  for (let i = 0; i < samples.length; i++) {
    samples[i] = kAmplitude * Math.sin(phase);
    phase += (2 * Math.PI * frequencyAt(i / kRate)) / kRate;
  }
  return samples;
}

/** @param {number} t */
function frequencyAt(t) {
  return kLowHz + ((kHighHz - kLowHz) * (t % kGlideSeconds)) / kGlideSeconds;
}

/**
 * The stretches in which the glide does not go on, in seconds from the recording's beginning.
 * @param {Float32Array} heard at 48 kHz
 * @returns {{ at: number, seconds: number }[]}
 */
export function findHoles(heard) {
  const places = placesIn(heard);
  const goesOn = places.map((place, i) => {
    const ways = [places[i - kApartSteps], places[i + kApartSteps]];
    return ways.some((other, way) => place !== null && other != null && standsStill(place - other, way === 0 ? kApartSteps : -kApartSteps));
  });
  // A window that lies half in a hole may still show the tone: each hole is told longer by a window, never shorter than it was.
  return runsOf(goesOn).map(({ from, to }) => ({ at: from * kStepSeconds, seconds: (to - from) * kStepSeconds + kWindow / kRate }));
}

/** The longest of them; 0: none. @param {Float32Array} heard */
export function longestHole(heard) {
  return Math.max(0, ...findHoles(heard).map((hole) => hole.seconds));
}

/** @param {number} moved seconds within the glide @param {number} steps that have passed meanwhile */
function standsStill(moved, steps) {
  const passed = steps * kStepSeconds;
  const drift = moved - passed;
  const wrapped = drift - kGlideSeconds * Math.round(drift / kGlideSeconds);
  return Math.abs(wrapped) < kDriftMax * Math.abs(passed);
}

/** The place in the glide that each moment of a recording shows; null: no clear tone. @param {Float32Array} heard */
function placesIn(heard) {
  const step = kStepSeconds * kRate;
  const count = Math.max(0, Math.floor((heard.length - kWindow) / step) + 1);
  const re = new Float64Array(kWindow);
  const im = new Float64Array(kWindow);
  return Array.from({ length: count }, (_, at) => {
    for (let i = 0; i < kWindow; i++) re[i] = (heard[at * step + i] ?? 0) * (kHann[i] ?? 0);
    im.fill(0);
    fft(re, im);
    const hz = pitch(re, im);
    return hz === null ? null : (kGlideSeconds * (hz - kLowHz)) / (kHighHz - kLowHz);
  });
}

/** @param {Float64Array} re @param {Float64Array} im */
function pitch(re, im) {
  const power = (/** @type {number} */ bin) => (re[bin] ?? 0) ** 2 + (im[bin] ?? 0) ** 2;
  let total = 0;
  let best = 2;
  for (let bin = 2; bin < kWindow / 4; bin++) {
    total += power(bin);
    if (power(bin) > power(best)) best = bin;
  }
  if (10 * Math.log10((2 * total) / (kWindow ** 2 * 0.375) + 1e-12) < kQuietDb) return null; // Hann's power is 3/8
  let near = 0;
  for (let bin = best - 2; bin <= best + 2; bin++) near += power(bin);
  if (near < kPureMin * total) return null;
  const [a, b, c] = [best - 1, best, best + 1].map((bin) => Math.log(power(bin) + 1e-12));
  if (a === undefined || b === undefined || c === undefined) return null;
  const bend = a - 2 * b + c;
  return ((best + (bend < 0 ? (0.5 * (a - c)) / bend : 0)) * kRate) / kWindow;
}

/** Runs of false that are long enough, over trues that are too few to count. @param {readonly boolean[]} goesOn */
function runsOf(goesOn) {
  /** @type {{ from: number, to: number }[]} */
  const runs = [];
  goesOn.forEach((is, i) => {
    if (is) return;
    const last = runs.at(-1);
    if (last && i - last.to < kBridgeSteps) last.to = i + 1;
    else runs.push({ from: i, to: i + 1 });
  });
  return runs.filter(({ from, to }) => to - from >= kBridgeSteps);
}

const kHann = hann(kWindow);
const fft = makeFft(kWindow);
