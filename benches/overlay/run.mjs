// All figures of the overlay, from grove-sim, beside a full mesh, shortest paths, a shared gossip tree and flooding.
//
//   node benches/overlay/run.mjs [--rtt FILE] [--quick | --long]
//
// Without a matrix grove-sim's seeded geography is used. --long adds the room of 250, which takes many minutes. --quick plays
// smaller, shorter rooms: it shows that the bench works; its figures are not those that were asked for, and it says so.
// The planner in WASM has a bench of its own: ./bench planner.
import { execFile, execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { kFigures, kRuns } from './figures.mjs';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kQuick = { peers: 40, seconds: 12 }; // more than 32, so that not everybody is linked to everybody
const kPeersSeconds = 10; // of speech: 1500 frames
const kThinKbits = 5000; // as in homes_with_five_megabits_up.json; a guess at a modest home

/** @typedef {import('./figures.mjs').Run} Run @typedef {import('./figures.mjs').Figures} Figures */

const options = readOptions();
if (!options.build) execFileSync(`${kRoot}tools/build`, ['overlay'], { cwd: kRoot, stdio: 'inherit' });
const build = options.build ?? `${kRoot}build/native`;
const matrix = options.rtt === undefined ? [] : [resolve(options.rtt)];

const runs = kRuns.filter(({ key, peers, isLong }) => {
  if (options.only !== undefined) return options.only.split(',').includes(key);
  return options.quick ? (peers ?? 0) <= kQuick.peers : !isLong || options.long; // a room of 50 that is quick would be none
});
console.log(`round-trip times: ${options.rtt ?? "grove-sim's geography"}${options.quick ? `; QUICK: rooms of at most ${kQuick.peers}, ${kQuick.seconds} s of faults, so not the figures that were asked for` : ''}\n`);
/** @type {Map<string, Figures>} */
const results = new Map();
/** @type {string[]} */
const violations = [];
const stop = new AbortController();
process.once('SIGINT', () => stop.abort()); // prints what is there
await inParallel(runs, simulate);
const missed = printFigures();
const peers = options.only === undefined ? printPeers() : {};
if (violations.length > 0) console.log(`\ninvariants violated: ${violations.join(' · ')}`);
console.log(`\nthe planner in WASM: ./bench planner${options.long ? '' : '; the room of 250: --long'}\n`);
/** @type {Record<string, number | null>} */
const figures = {};
for (const figure of kFigures) figures[figure.name] = valueOf(figure) ?? null;
console.log(JSON.stringify({ bench: 'overlay', rtt: options.rtt ?? 'geography', quick: options.quick, figures, peers, violations, missed }));

/** @param {Run} run */
async function simulate({ key, scenario, peers: size, seed }) {
  const file = scenario.endsWith('.json') ? `${kRoot}${scenario}` : scenario;
  const words = [file, '--json', '--seed', String(seed), ...matrix.flatMap((path) => ['--rtt', path])];
  const wanted = options.quick && key !== 'six' ? (size ?? kQuick.peers) : size;
  if (wanted !== undefined) words.push('--peers', String(wanted));
  if (options.quick) words.push('--seconds', String(kQuick.seconds));
  const begin = performance.now();
  const output = await promisify(execFile)(`${build}/sim/grove-sim`, words, { maxBuffer: 1e8, signal: stop.signal }).catch((/** @type {{ code?: number, stdout?: string, stderr?: string, signal?: string }} */ error) => {
    if (stop.signal.aborted || error.signal === 'SIGINT') return stop.abort();
    if (error.code !== 1 || !error.stdout) throw new Error(`grove-sim ${words.join(' ')} failed: ${error.stderr ?? ''}`);
    return { stdout: error.stdout }; // an invariant was violated: the figures are there all the same
  });
  if (!output) return;
  const last = /** @type {{ figures: Figures, violated: string[] }} */ (JSON.parse(output.stdout.trim().split('\n').at(-1) ?? ''));
  results.set(key, last.figures);
  for (const invariant of last.violated) violations.push(`${invariant} in ${key}`);
  console.error(`  ${key}: grove-sim ${words.join(' ')} took ${((performance.now() - begin) / 1000).toFixed(0)} s`);
}

// Virtual time: how many run at once changes no figure.
/** @param {Run[]} all @param {(run: Run) => Promise<void>} work */
async function inParallel(all, work) {
  const left = [...all];
  const worker = async () => {
    for (let run = left.shift(); run && !stop.signal.aborted; run = left.shift()) await work(run);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

/** @param {import('./figures.mjs').Figure} figure */
function valueOf({ run, take }) {
  const found = results.get(run);
  const value = found && take(found);
  return value === undefined || Number.isNaN(value) ? undefined : Number(value.toFixed(4));
}

function printFigures() {
  /** @type {string[]} */
  const missed = [];
  console.log(`${'figure'.padEnd(54)} ${'asked'.padStart(14)} ${'ours'.padStart(10)}  reached`);
  for (const figure of kFigures) {
    const value = valueOf(figure);
    const asked = `${figure.isAtLeast ? '≥' : '≤'} ${figure.limit} ${figure.unit}`.trim();
    const isReached = value !== undefined && (figure.isAtLeast ? value >= figure.limit : value <= figure.limit);
    if (value !== undefined && !isReached) missed.push(figure.name);
    const verdict = isReached ? 'yes' : value !== undefined ? 'NO' : results.has(figure.run) ? 'not measured: grove-sim does not tell it apart' : 'not run';
    const count = figure.count === undefined ? undefined : results.get(figure.run)?.[figure.count];
    console.log(`${figure.says.padEnd(54)} ${asked.padStart(14)} ${(value === undefined ? '–' : String(Number(value.toFixed(3)))).padStart(10)}  ${verdict}${count === undefined ? '' : `, of ${count}`}`);
  }
  return missed;
}

// On the hosts, with the seed and the talkers of our own rows' runs.
function printPeers() {
  /** @type {Record<string, Record<string, Figures>>} */
  const all = {};
  for (const [uplink, ours] of /** @type {const} */ ([[0, 'good'], [kThinKbits, 'thin']])) {
    const size = String(options.quick ? kQuick.peers : 100);
    const seed = String(kRuns.find(({ key }) => key === ours)?.seed);
    const words = [size, seed, String(kPeersSeconds), String(uplink), ...matrix];
    /** @type {Record<string, Figures>} */
    const rows = JSON.parse(execFileSync(`${build}/benches/overlay/overlay_peers`, words, { encoding: 'utf8' }));
    console.log(`\n${uplink === 0 ? 'uplinks without a bound' : `uplinks of ${uplink} kbit/s`}: the same ${size} hosts, talkers and frame sizes`);
    console.log(`${''.padEnd(22)} mean delay / direct   p95 / direct p95   copies a frame   most copies by one   largest uplink kbit/s   on time %`);
    row('Grove', results.get(ours) ?? {});
    for (const [name, figures] of Object.entries(rows)) row(name.replaceAll('_', ' '), figures);
    all[uplink === 0 ? 'no_bound' : `uplink_${uplink}_kbits`] = rows;
  }
  console.log('\nGrove keeps budgets, knows only what its map tells and speaks with pauses; its most copies by one are bounded by its fan-out of 8 (+ 2, I5).');
  console.log('The others know all delays, never repair, and carry nothing but frames.');
  return all;
}

/** @param {string} name @param {Figures} figures */
function row(name, figures) {
  const cell = (/** @type {string} */ key, /** @type {number} */ digits, /** @type {number} */ width) => (figures[key]?.toFixed(digits) ?? '–').padStart(width);
  console.log(`${name.padEnd(22)} ${cell('delay_mean_ratio', 3, 19)} ${cell('delay_p95_ratio', 3, 18)} ${cell('copies_per_frame', 3, 16)} ${cell('copies_by_one_max', 0, 20)} ${cell('uplink_kbits_max', 0, 23)} ${cell('frames_on_time_percent', 2, 11)}`);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      // For those who work on the bench: --build FOLDER instead of building, --only good,death for some of the runs.
      options: { rtt: { type: 'string' }, quick: { type: 'boolean', default: false }, long: { type: 'boolean', default: false }, build: { type: 'string' }, only: { type: 'string' } },
    });
    return values;
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n./bench overlay [--rtt FILE] [--quick | --long]`);
    process.exit(2);
  }
}
