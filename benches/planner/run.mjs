// A full plan with guardians in WASM, from the map on, for rooms of 100 and 250: ours against a plain Dijkstra tree.
//
//   node benches/planner/run.mjs [--rounds N]
//
// Builds build/wasm/planner.wasm by tools/build, which ./bench has set up. No browser is needed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { median, quantile } from '../mouth_to_ear/statistics.mjs';

const kRoot = fileURLToPath(new URL('../..', import.meta.url));
const kGoals = new Map([[100, 20], [250, 60]]); // issue 3: ms, 24 links each
const kSources = 10; // of each room
const kWarmUps = 20; // V8 compiles what is hot anew meanwhile

const at = process.argv.indexOf('--rounds');
const rounds = at < 0 ? 5 : Number(process.argv[at + 1]);
if (!Number.isInteger(rounds) || rounds < 1) {
  console.error('--rounds takes a whole number above 0');
  process.exit(2);
}

execFileSync(`${kRoot}tools/build`, ['planner'], { cwd: kRoot, stdio: 'inherit' });
const module = new WebAssembly.Module(readFileSync(`${kRoot}build/wasm/planner.wasm`));
const exit = (/** @type {number} */ code) => {
  throw new Error(`planner.wasm ended with ${code}`);
};
const planner = /** @type {Record<string, (...numbers: number[]) => number>} */ (
  /** @type {unknown} */ (new WebAssembly.Instance(module, { wasi_snapshot_preview1: { proc_exit: exit } }).exports)
);

/** @type {Record<string, number>} */
const figures = {};
/** @type {string[]} */
const missed = [];
console.log(`${rounds} rooms of each size, ${kSources} sources each, interleaved\n`);
console.log('ms                          median   quartiles          least … most');
for (const [peers, goal] of kGoals) measure(peers, goal);
console.log(`\ngoal: a plan in at most ${[...kGoals].map(([peers, goal]) => `${goal} ms for ${peers}`).join(', ')}: ${missed.length === 0 ? 'reached' : `missed by ${missed.join(', ')}`}\n`);
console.log(JSON.stringify({ bench: 'planner', figures, missed }));

/** @param {number} peers @param {number} goal */
function measure(peers, goal) {
  const times = { plan: /** @type {number[]} */ ([]), patch: /** @type {number[]} */ ([]), dijkstra: /** @type {number[]} */ ([]) };
  const names = /** @type {const} */ (['plan', 'patch', 'dijkstra']);
  /** @type {number[]} */
  const stretch = [];
  /** @type {number[]} */
  const hot = [];
  for (let round = 0; round < rounds; round++) {
    call('draw', peers, round + 1);
    if (round === 0) for (let i = 0; i < kWarmUps; i++) for (const name of names) call(name, i % peers);
    for (let source = 0; source < kSources; source++) {
      const delay = { plan: 0, patch: 0, dijkstra: 0 };
      for (const name of names) {
        const start = performance.now();
        delay[name] = call(name, source);
        times[name].push(performance.now() - start);
        if (name === 'plan') hot.push(call('hot_guardians') / call('listeners'));
      }
      stretch.push(delay.plan / delay.dijkstra);
    }
  }
  row(`plan, ${peers} peers`, times.plan);
  row(`patch, ${peers} peers`, times.patch);
  row(`Dijkstra, ${peers} peers`, times.dijkstra);
  console.log(`  mean delay ${median(stretch).toFixed(3)} of Dijkstra's, which knows no budgets; ${(100 * median(hot)).toFixed(0)} % of the guardians hot`);
  figures[`plan_${peers}_ms`] = round2(median(times.plan));
  figures[`plan_${peers}_ms_max`] = round2(Math.max(...times.plan));
  figures[`patch_${peers}_ms`] = round2(median(times.patch));
  figures[`dijkstra_${peers}_ms`] = round2(median(times.dijkstra));
  figures[`plan_${peers}_delay_by_dijkstra`] = round2(median(stretch));
  if (median(times.plan) > goal) missed.push(`plan_${peers}_ms`);
}

/** @param {string} name @param {number[]} numbers */
function call(name, ...numbers) {
  const wanted = planner[`planner_${name}`];
  if (!wanted) throw new Error(`planner.wasm has no planner_${name}`);
  return wanted(...numbers);
}

/** @param {string} name @param {number[]} values */
function row(name, values) {
  const ms = (/** @type {number} */ value) => value.toFixed(2).padStart(7);
  console.log(`${name.padEnd(26)} ${ms(median(values))}  ${ms(quantile(values, 0.25))} … ${ms(quantile(values, 0.75))}  ${ms(Math.min(...values))} … ${ms(Math.max(...values))}`);
}

/** @param {number} value */
function round2(value) {
  return Number(value.toFixed(2));
}
