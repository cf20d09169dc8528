// The delay from a click entering the capture side to the click leaving the playout side: ours against a plain WebRTC track.
//
//   node benches/mouth_to_ear/run.mjs [--rounds N] [--clicks N]
//
// Needs grove-server and the WASM modules; ./bench mouth-to-ear builds them.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

import { openSeat } from '../../tests/e2e/browsers.mjs';
import { preferThisRun } from '../../tests/e2e/priority.mjs';
import { kRoot, Server } from '../../tests/e2e/server.mjs';
import { until } from '../../tests/e2e/until.mjs';
import { median, quantile } from './statistics.mjs';

/** @typedef {import('./page.ts').Result} Result */

// What the stages of ours take by construction; where each number comes from stands beside it.
const kFrameMs = 20; // docs/protocol.md: a sample waits until its frame is full, and takes its old place in it when played
const kLookAheadMs = 6.5; // OPUS_GET_LOOKAHEAD of an encoder for VOIP at 48 kHz: 312 samples
const kLimiterMs = 1; // kLookAheadS of core/voice/synthesizer/limiter.cpp

const kWarmUpSeconds = 6; // both jitter buffers stand still by then

const rounds = option('--rounds', 4);
const clicks = option('--clicks', 15);
const goal = 0.75; // issue 2

preferThisRun();
await build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)), mode: 'mouth_to_ear', logLevel: 'warn' });
const server = await Server.open(`${kRoot}build/benches/mouth_to_ear`);
const seat = await openSeat('chromium');
try {
  print(await measure());
} finally {
  await seat.close();
  await server.close();
}
process.exit(0);

/** @returns {Promise<Result>} */
async function measure() {
  const page = await seat.browser.newPage();
  page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`));
  page.on('pageerror', (error) => console.error(`page: ${error instanceof Error ? error.message : String(error)}`));
  await page.goto(server.origin);
  await page.evaluate((settings) => Object.assign(window, { settings }), { rounds, clicks, warmUpSeconds: kWarmUpSeconds });
  console.log(`${await seat.browser.version()}, ${rounds} rounds of ${clicks} clicks each, interleaved; takes about ${rounds * Math.round(3 + kWarmUpSeconds + clicks * 0.7)} s`);
  await page.click('#go');
  const outcome = await until('the page has measured', () => page.evaluate(() => /** @type {any} */ (window).outcome), { timeout: rounds * (30_000 + clicks * 2000), every: 500 });
  if ('error' in outcome) throw new Error(outcome.error);
  return outcome;
}

/** @param {Result} result */
function print(result) {
  const all = rounds * clicks;
  const [ours, peer] = /** @type {const} */ (['ours', 'peer']).map((side) => result.rounds.flatMap((round) => round[side].delaysMs));
  if (!ours || !peer || ours.length < all * 0.9 || peer.length < all * 0.9) throw new Error(`too many clicks were lost: of ${all}, ours brought ${ours?.length}, the peer ${peer?.length}`);
  const row = (/** @type {string} */ name, /** @type {number[]} */ values, /** @type {number} */ missed) =>
    console.log(`${name.padEnd(22)} ${ms(median(values))}  ${ms(quantile(values, 0.25))} … ${ms(quantile(values, 0.75))}  ${ms(Math.min(...values))} … ${ms(Math.max(...values))}  ${String(values.length).padStart(6)} ${String(missed).padStart(6)}`);
  console.log(`\nms                      median    quartiles          least … most    clicks   lost`);
  row('Grove', ours, all - ours.length);
  row('plain WebRTC track', peer, all - peer.length);
  const each = (/** @type {'ours' | 'peer'} */ side) => result.rounds.map((round) => ms(median(round[side].delaysMs)).trim()).join(', ');
  console.log(`medians of the rounds: Grove ${each('ours')}; plain WebRTC ${each('peer')}`);

  const buffers = result.rounds.flatMap((round) => round.buffers);
  const current = median(buffers.map((sample) => sample.current));
  const target = median(buffers.map((sample) => sample.target));
  const lead = median(buffers.map((sample) => sample.lead));
  const oneWay = median(result.rounds.map((round) => round.rttMs ?? 0)) / 2;
  const resampling = result.rate === 48000 ? 0 : 1;
  const known = kFrameMs + kLookAheadMs + oneWay + current + lead + kLimiterMs + resampling;
  console.log(`\nwhere ours goes                                    ms`);
  const stage = (/** @type {string} */ name, /** @type {number} */ value, /** @type {string} */ from) => console.log(`${name.padEnd(44)} ${ms(value)}  ${from}`);
  stage('filling a frame', kFrameMs, 'by construction');
  stage("Opus' look-ahead", kLookAheadMs, 'by construction');
  stage('seal, data channel, open', oneWay, 'half the round trip that the node measured');
  stage('jitter buffer', current, `measured; target ${ms(target).trim()}`);
  stage('playout ring (lead over the sound card)', lead, `measured; quantum ${result.rounds[0]?.quantumFrames} frames, base latency ${ms(result.baseLatencyMs).trim()}`);
  stage("limiter's look-ahead", kLimiterMs, 'by construction');
  stage('resampling', resampling, `the sound card runs at ${result.rate} Hz`);
  stage('the rest', median(ours) - known, 'bursts of the sound card, threads waking; and what the figures above count twice');
  const sum = (/** @type {(round: import('./page.ts').Round) => number} */ count) => result.rounds.reduce((total, round) => total + count(round), 0);
  console.log(`\nunderruns ${sum((round) => round.underruns)}, late frames ${sum((round) => round.heard.framesLate)}, concealed ${sum((round) => round.heard.framesConcealed)}`);
  console.log(`plain WebRTC's jitter buffer held ${ms(median(result.rounds.map((round) => round.peerBufferMs))).trim()} ms (${result.rounds[0]?.peerCodec})`);
  const ratio = median(ours) / median(peer);
  console.log(`goal: at most ${goal} of the peer: ${ratio <= goal ? 'reached' : 'missed'}\n`);
  console.log(JSON.stringify({ bench: 'mouth-to-ear', ours: round(median(ours)), peer: round(median(peer)), ratio: Number(ratio.toFixed(3)) }));
}

/** @param {string} name @param {number} otherwise */
function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) {
    console.error(`${name} takes a whole number above 0`);
    process.exit(2);
  }
  return value;
}

/** @param {number} value */
function ms(value) {
  return value.toFixed(1).padStart(6);
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(1));
}
