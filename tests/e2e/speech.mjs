// Sentences, spoken by espeak-ng. Different people have different voices and say different things.
import { start } from './processes.mjs';
import { kEarRate } from './sound_card.mjs';
import { decodeWav } from './wav.mjs';

/** @type {Map<string, Promise<Float32Array>>} */
const spoken = new Map();

/** Who says what. Every sentence is unlike the others in rhythm, which is what the correlator goes by. */
export const sentences = {
  anna: { voice: 'en-us+f3', text: 'The quick brown fox jumps over dogs.' },
  ben: { voice: 'en-gb+m3', text: 'Please water my tomatoes on Saturday.' },
  cleo: { voice: 'en-us+m7', text: 'I see eleven boats in the harbour.' },
};

/** @typedef {keyof typeof sentences} Speaker */

/**
 * @param {Speaker} speaker
 * @returns {Promise<Float32Array>} mono at 48 kHz, peak about −6 dBFS
 */
export function say(speaker) {
  const { voice, text } = sentences[speaker];
  return speak(voice, text);
}

/**
 * @param {string} voice
 * @param {string} text
 */
export function speak(voice, text) {
  const key = `${voice}: ${text}`;
  let speech = spoken.get(key);
  if (!speech) spoken.set(key, (speech = synthesize(voice, text)));
  return speech;
}

/** @param {string} voice @param {string} text */
async function synthesize(voice, text) {
  const child = start('espeak-ng', ['-v', voice, '-s', '165', '--stdout', text], { stdout: 'pipe' });
  /** @type {Buffer[]} */
  const chunks = [];
  child.stdout?.on('data', (/** @type {Buffer} */ chunk) => chunks.push(chunk));
  await new Promise((resolve, reject) => {
    child.once('close', resolve);
    child.once('error', reject);
  });
  const { rate, samples } = decodeWav(Buffer.concat(chunks));
  const out = resample(samples, rate, kEarRate);
  let peak = 0;
  for (const sample of out) peak = Math.max(peak, Math.abs(sample));
  return out.map((sample) => (sample / peak) * 0.5);
}

/**
 * Cubic (Catmull–Rom) interpolation: espeak speaks at 22.05 kHz, so nothing of interest lies near its band's edge.
 * @param {Float32Array} input
 * @param {number} from
 * @param {number} to
 */
export function resample(input, from, to) {
  const out = new Float32Array(Math.floor((input.length * to) / from));
  const at = (/** @type {number} */ i) => input[Math.max(0, Math.min(input.length - 1, i))] ?? 0;
  for (let i = 0; i < out.length; i++) {
    const x = (i * from) / to;
    const k = Math.floor(x);
    const t = x - k;
    const [a, b, c, d] = [at(k - 1), at(k), at(k + 1), at(k + 2)];
    out[i] = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  }
  return out;
}
