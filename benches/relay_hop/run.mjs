// What each further hop adds to the delay from mouth to ear: ours against a received RTP track added to the next connection.
//
//   node benches/relay_hop/run.mjs [--rounds N] [--clicks N] [--browser firefox]
//
// One page holds both chains, of seven people each; all six listeners of a chain are heard at once, so that one click gives six
// delays, and clicks go into ours and into the peer's by turns. The figure is the slope of the least-squares line through a
// round's delays, the median of all rounds. Ours is the whole product between both ends: a room of real peers on real data
// channels, whose tree is a chain because everybody may send only one copy (grove_chain.ts says what a hop consists of).
// All peers share one machine: what a hop costs here is work, and no network.
//
// Needs grove-server and the WASM modules; ./bench relay-hop builds them.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

import { openSeat } from '../../tests/e2e/browsers.mjs';
import { preferThisRun } from '../../tests/e2e/priority.mjs';
import { kRoot, Server } from '../../tests/e2e/server.mjs';
import { until } from '../../tests/e2e/until.mjs';
import { median, quantile } from '../mouth_to_ear/statistics.mjs';
import { slope } from './slope.mjs';

/** @typedef {import('./page.ts').Result} Result */
/** @typedef {import('./page.ts').Side} Side */

const kHops = 6; // issue 3
const kGoal = 0.03; // issue 3
const kWarmUpSeconds = 8; // all jitter buffers stand still by then, the sixth of the peer's too
const kFoundMin = 0.9; // of all clicks, after every number of hops

const rounds = option('--rounds', 4);
const clicks = option('--clicks', 15);
const name = process.argv.includes('firefox') ? 'firefox' : 'chromium'; // one browser a run: two would measure each other

preferThisRun();
await build({ configFile: fileURLToPath(new URL('../vite.config.ts', import.meta.url)), mode: 'relay_hop', logLevel: 'warn' });
const server = await Server.open(`${kRoot}build/benches/relay_hop`);
const seat = await openSeat(name);
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
  await page.evaluate((settings) => Object.assign(window, { settings }), { rounds, clicks, hops: kHops, warmUpSeconds: kWarmUpSeconds });
  const seconds = rounds * Math.round(8 + kWarmUpSeconds + clicks * 1.2);
  console.log(`${await seat.browser.version()}, ${rounds} rounds of ${clicks} clicks into each chain, interleaved; takes about ${seconds} s`);
  await page.click('#go');
  const outcome = await until('the page has measured', () => page.evaluate(() => /** @type {any} */ (window).outcome), { timeout: 3000 * seconds, every: 500 });
  if ('error' in outcome) throw new Error(outcome.error);
  return outcome;
}

/** @param {Result} result */
function print(result) {
  const [ours, peer] = /** @type {const} */ (['ours', 'peer']).map((side) => {
    const perRound = result.rounds.map((round) => round[side]);
    const hops = Array.from({ length: kHops }, (_, hop) => ({
      delays: perRound.flatMap(({ delaysMs }) => delaysMs[hop] ?? []),
      lost: perRound.reduce((sum, { lost }) => sum + (lost[hop] ?? 0), 0),
    }));
    return { hops, slopes: perRound.map(slopeOf) };
  });
  if (!ours || !peer) throw new Error('no result');
  console.log(`\nms      Grove                                            RTP track re-added\nhops    median    quartiles         clicks    lost       median    quartiles         clicks    lost`);
  for (let hop = 0; hop < kHops; hop++) {
    const cells = [ours, peer].map((side) => {
      const { delays, lost } = side.hops[hop] ?? { delays: [], lost: 0 };
      return `${ms(median(delays))}  ${ms(quantile(delays, 0.25))} … ${ms(quantile(delays, 0.75))}  ${String(delays.length).padStart(6)}  ${String(lost).padStart(6)}`;
    });
    console.log(`${String(hop + 1).padStart(4)}    ${cells.join('       ')}`);
  }
  for (const { hops } of [ours, peer]) {
    hops.forEach(({ delays, lost }, hop) => {
      if (delays.length < (delays.length + lost) * kFoundMin || delays.length < clicks) throw new Error(`too few clicks arrived after ${hop + 1} hops: ${delays.length} of ${delays.length + lost}`);
    });
  }
  console.log(`\na further hop, ms           median    least … most of the rounds`);
  for (const [who, { slopes }] of /** @type {const} */ ([['Grove', ours], ['RTP track re-added', peer]])) {
    console.log(`${who.padEnd(25)}  ${two(median(slopes))}  ${two(Math.min(...slopes))} … ${two(Math.max(...slopes))}   (${slopes.map((value) => two(value).trim()).join(', ')})`);
  }
  const sum = (/** @type {'underruns' | 'framesLate' | 'framesConcealed'} */ what) => result.rounds.reduce((total, round) => total + round.figures[what], 0);
  const copies = Math.max(...result.rounds.flatMap(({ figures }) => figures.copiesSent.map((count) => count / figures.framesSpoken)));
  console.log(`\nours: nobody sent more than ${copies.toFixed(2)} copies of a frame; all listeners: underruns ${sum('underruns')}, late frames ${sum('framesLate')}, concealed ${sum('framesConcealed')}; heard in mid-change of the tree, and not counted: ${result.rounds.reduce((total, { ours: { moved } }) => total + moved, 0)}`);
  const ratio = median(ours.slopes) / median(peer.slopes);
  console.log(`goal: at most ${kGoal} of the peer: ${ratio <= kGoal ? 'reached' : 'missed'}\n`);
  console.log(JSON.stringify({ bench: 'relay-hop', ours: round(median(ours.slopes)), peer: round(median(peer.slopes)), ratio: Number(ratio.toFixed(4)) }));
}

/** @param {Side} side */
function slopeOf(side) {
  return slope(side.delaysMs.flatMap((delays, hop) => delays.map((delay) => /** @type {const} */ ([hop + 1, delay]))));
}

/** @param {string} flag @param {number} otherwise */
function option(flag, otherwise) {
  const at = process.argv.indexOf(flag);
  const value = at < 0 ? otherwise : Number(process.argv[at + 1]);
  if (!Number.isInteger(value) || value < 1) {
    console.error(`${flag} takes a whole number above 0`);
    process.exit(2);
  }
  return value;
}

/** @param {number} value */
function ms(value) {
  return value.toFixed(1).padStart(6);
}

/** @param {number} value */
function two(value) {
  return value.toFixed(2).padStart(6);
}

/** @param {number} value */
function round(value) {
  return Number(value.toFixed(2));
}
