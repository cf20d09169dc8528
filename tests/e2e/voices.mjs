// Eight voices, three of which can be told apart while they speak at once: each sentence is cut to one of three bands, so that
// nothing but itself is in the place where the correlator looks for it.
import { makeFft } from './fft.mjs';
import { speak } from './speech.mjs';

const kRate = 48000;
// Hz; a gap between them, for Opus' noise beside a loud band. The correlator's own bands begin and end here too.
const kBands = [
  [150, 360],
  [483, 1160],
  [1554, 3727],
];
const kPeak = 0.4;

// What a sentence in one band scores where it is: 0.93 and more in a mix of three, before Opus; where it is not: 0.6 and less
// (all triples of these; voices.test.mjs).
export const kHeardInBand = 0.68;

const kSentences = [
  ['en-us+f3', 'The quick brown fox jumps over dogs.'],
  ['en-gb+m3', 'Please water my tomatoes on Saturday.'],
  ['en-us+m7', 'I see eleven boats in the harbour.'],
  ['en-us+f3', 'Yesterday a grey parrot flew over the roof.'],
  ['en-gb+m3', 'We ordered nine cups of coffee and cake.'],
  ['en-us+m7', 'Nobody knows why the night train left early.'],
  ['en-gb+f2', 'Seven small ducks crossed the frozen lake.'],
  ['en-us+m1', 'Put your umbrella behind the kitchen door.'],
];

/** Voices 0, 1 and 2 may speak at once, and 3, 4 and 5, and so on: any three in a row. @returns {Promise<Float32Array[]>} mono at 48 kHz */
export function eightVoices() {
  return Promise.all(kSentences.map(async ([voice = '', text = ''], i) => cut(await speak(voice, text), kBands[i % kBands.length] ?? [])));
}

/** @param {Float32Array} sound @param {readonly number[]} band */
function cut(sound, [low = 0, high = 0]) {
  const n = 2 ** Math.ceil(Math.log2(sound.length));
  const fft = makeFft(n);
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  re.set(sound);
  fft(re, im);
  for (let bin = 0; bin < n; bin++) {
    const hz = (Math.min(bin, n - bin) * kRate) / n;
    if (hz < low || hz >= high) re[bin] = im[bin] = 0;
    else im[bin] = -(im[bin] ?? 0); // the transform of the conjugate is the way back
  }
  fft(re, im);
  const out = Float32Array.from(sound, (_, i) => re[i] ?? 0);
  const peak = out.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return out.map((sample) => (sample / peak) * kPeak);
}
