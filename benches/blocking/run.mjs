// What blocking costs and saves, in rooms of fifty: beside a tree that ignores blocks and one that merely prunes leaves.
//
//   node benches/blocking/run.mjs [--rtt FILE]
//
// Without a matrix grove-sim's seeded geography is used. For each share q a room in which everybody blocks at one instant, and the same
// room in which nobody does while figures leave the same pairs out.
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';

import { figuresOf, kFanOut, kPeers, kSeed, kShares, uploadOverWanted } from './figures.mjs';

/** @typedef {import('./figures.mjs').Figures} Figures @typedef {import('./figures.mjs').Run} Run @typedef {import('./figures.mjs').Trees} Trees */

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const options = readOptions();
if (!options.build) execFileSync(`${kRoot}tools/build`, ['blocking'], { cwd: kRoot, stdio: 'inherit' });
const build = options.build ?? `${kRoot}build/native`;
const matrix = options.rtt === undefined ? [] : [resolve(options.rtt)];
const seed = options.seed ?? String(kSeed);
const room = JSON.parse(readFileSync(`${kRoot}benches/blocking/room_of_fifty.json`, 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'grove-blocking-'));

console.log(`round-trip times: ${options.rtt ?? "grove-sim's geography"}; ${kPeers} people, fan-out ${kFanOut}, three talkers, seed ${seed}\n`);
/** @type {import('./figures.mjs').Runs} */
const runs = { blocked: new Map(), free: new Map() };
try {
  await inParallel(kShares.flatMap((share) => [{ share, isFree: false }, { share, isFree: true }]), simulate);
} finally {
  rmSync(folder, { recursive: true });
}
/** @type {Map<number, Trees>} */
const trees = new Map(kShares.map((share) => [share, treesOf(share)]));
printRooms();
const missed = printFigures();
/** @type {Record<string, number | null>} */
const figures = {};
for (const figure of figuresOf(runs)) figures[figure.name] = Number.isNaN(figure.value) ? null : Number(figure.value.toFixed(4));
const violations = kShares.flatMap((share) => (runs.blocked.get(share)?.violated ?? []).map((invariant) => `${invariant} at ${share} %`));
if (violations.length > 0) console.log(`\ninvariants violated: ${violations.join(' · ')}`);
console.log(`\n${JSON.stringify({ bench: 'blocking', rtt: options.rtt ?? 'geography', seed: Number(seed), figures, rooms: Object.fromEntries(kShares.map((share) => [share, { ours: relevant(runs.blocked.get(share)), free: relevant(runs.free.get(share)), ...trees.get(share) }])), violations, missed })}`);

/** @param {{ share: number, isFree: boolean }} which */
async function simulate({ share, isFree }) {
  const file = join(folder, `${isFree ? 'free' : 'blocked'}_${share}.json`);
  writeFileSync(file, JSON.stringify({ ...room, peers: kPeers, copies_cap: kFanOut, blocks: share / 100, blocks_left_out: isFree }));
  const words = [file, '--json', '--seed', seed, ...matrix.flatMap((path) => ['--rtt', path])];
  const output = await promisify(execFile)(`${build}/sim/grove-sim`, words, { maxBuffer: 1e8 }).catch((/** @type {{ code?: number, stdout?: string, stderr?: string }} */ error) => {
    if (error.code !== 1 || !error.stdout) throw new Error(`grove-sim ${words.join(' ')} failed: ${error.stderr ?? ''}`);
    return { stdout: error.stdout }; // an invariant was violated: the figures are there all the same
  });
  runs[isFree ? 'free' : 'blocked'].set(share, JSON.parse(output.stdout.trim().split('\n').at(-1) ?? ''));
  console.error(`  q = ${share} %, ${isFree ? 'the same pairs left out, nobody blocks' : 'blocked'}: done`);
}

// Virtual time: how many run at once changes no figure.
/** @template T @param {T[]} all @param {(one: T) => Promise<void>} work */
async function inParallel(all, work) {
  const left = [...all];
  const worker = async () => {
    for (let one = left.shift(); one; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: Number(options.jobs ?? availableParallelism()) }, worker));
}

/** @param {number} share @returns {Trees} */
function treesOf(share) {
  const words = [String(kPeers), seed, String(kFanOut), String(share / 100), ...matrix];
  return JSON.parse(execFileSync(`${build}/benches/blocking/blocking_trees`, words, { encoding: 'utf8' }));
}

/** @param {Run | undefined} run @returns {Figures} */
function relevant(run) {
  return Object.fromEntries(Object.entries(run?.figures ?? {}).filter(([name]) => /^(block|others_|room_voice|copies_per_spoken|pairs_wanted)/.test(name)));
}

function printRooms() {
  for (const share of kShares) {
    const ours = relevant(runs.blocked.get(share)), free = relevant(runs.free.get(share)), beside = trees.get(share) ?? {};
    const number = (/** @type {number | undefined} */ value, digits = 1) => value?.toFixed(digits) ?? '–';
    console.log(`q = ${share} %: ${number(ours.blocked_pairs_count, 0)} of ${kPeers * (kPeers - 1)} ordered pairs; ${number(ours.pairs_wanted_after_percent)} % of what is spoken still wanted`);
    console.log(`  ${''.padEnd(34)} copies a spoken frame   wasted of them   mean delay ms   p95 ms   unreached`);
    const row = (/** @type {string} */ name, /** @type {(number | undefined)[]} */ [copies, wasted, mean, p95, unreached]) =>
      console.log(`  ${name.padEnd(34)} ${number(copies, 2).padStart(21)} ${number(wasted, 2).padStart(16)} ${number(mean).padStart(15)} ${number(p95).padStart(8)} ${number(unreached, 0).padStart(11)}`);
    row('Grove, as it runs, guardians too', [ours.copies_per_spoken_after, ours.block_wasted_copies === 0 ? 0 : undefined, ours.others_delay_mean_ms, ours.others_delay_p95_ms, ours.others_pairs_unreached]);
    row('Grove, nobody blocks (same pairs)', [free.copies_per_spoken_after, undefined, free.others_delay_mean_ms, free.others_delay_p95_ms, free.others_pairs_unreached]);
    for (const [key, name] of [['planned', "Grove's planner, knowing all"], ['ignores', 'a tree that ignores blocks'], ['prunes', 'one that merely prunes leaves']]) {
      const tree = beside[String(key)] ?? {};
      row(String(name), [tree.copies_per_spoken, tree.wasted_per_spoken, tree.delay_mean_ms, tree.delay_p95_ms, tree.unreached]);
    }
    console.log(`  voice of the whole room: ${number(ours.room_voice_before_kbits, 0)} kbit/s before, ${number(ours.room_voice_after_kbits, 0)} after (${number(free.room_voice_after_kbits, 0)} had nobody blocked); upload left / share still wanted: ${number(uploadOverWanted(runs, share), 3)}`);
    console.log(`  in vain from the click on: ${number(ours.block_copies_in_vain, 0)} copies, wasted (later than 1 RTT + 100 ms): ${number(ours.block_wasted_copies, 0)}; click to last byte p50/p95/max ${number(ours.block_last_byte_p50_ms, 0)}/${number(ours.block_last_byte_p95_ms, 0)}/${number(ours.block_last_byte_max_ms, 0)} ms of ${number(ours.block_last_byte_count, 0)} pairs`);
    console.log(`  everybody else: ${number(ours.others_frames_lost, 0)} of ${number(ours.others_frames_count, 0)} frames lost, ${number(ours.others_frames_late, 0)} late (${number(free.others_frames_lost, 0)} and ${number(free.others_frames_late, 0)} without blocks)\n`);
  }
}

function printFigures() {
  /** @type {string[]} */
  const missed = [];
  console.log(`${'figure'.padEnd(56)} ${'asked'.padStart(12)} ${'ours'.padStart(10)}  reached`);
  for (const { name, says, value, limit, unit, isFree } of figuresOf(runs)) {
    const isReached = value <= limit;
    if (!isFree && !isReached) missed.push(name);
    console.log(`${says.padEnd(56)} ${(isFree ? '–' : `≤ ${limit} ${unit}`).trim().padStart(12)} ${String(Number(value.toFixed(3))).padStart(10)}  ${isFree ? `printed, ${unit}` : isReached ? 'yes' : 'NO'}`);
  }
  return missed;
}

function readOptions() {
  try {
    const { values } = parseArgs({
      // For those who work on the bench: --build FOLDER instead of building, --jobs N, --seed N.
      options: { rtt: { type: 'string' }, build: { type: 'string' }, jobs: { type: 'string' }, seed: { type: 'string' } },
    });
    return values;
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n./bench blocking [--rtt FILE]`);
    process.exit(2);
  }
}
