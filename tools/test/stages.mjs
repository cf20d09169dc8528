// The stages of ./test, in their order. Each returns {passed, failed}; what it prints goes to its log.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename } from 'node:path';

/** @typedef {import('./stage_run.mjs').StageRun} StageRun */
/** @typedef {{ passed: number, failed: number }} Count */
/** @typedef {{ name: string, about: string, parts: string[], run: (run: StageRun) => Promise<Count> }} StagePlan */

const kGoogleTestLimit = 900; // seconds a test program; neighbours_room_test plans for a hundred, 22 s natively and over 240 under the sanitizers

const kSimulator = 'build/native/sim/grove-sim';
// With one seed, so that a failure is the change's. Not yet here, because invariants still break in them (docs/simulator.md,
// "What does not hold yet"): some of the soak's rooms; one_in_twenty_dies_every_minute is long.
const kShortSoak = ['--soak', '16', '--seed', '100', '--no-blocks'];
const kShortSoakWithBlocks = ['--soak', '15', '--seed', '115']; // up to 129; 130 is open
const kShortScenarios = [
  'three_talk_in_a_room_of_a_hundred',
  'everybody_joins_at_once',
  'a_relay_says_goodbye',
  'newcomers_while_three_talk',
  'a_fifth_of_the_pairs_cannot_connect',
  'one_relay_drops_everything',
  'one_relay_forges',
  'a_relay_dies_in_mid_sentence',
  'half_of_the_room_dies_at_once',
  'the_room_falls_in_two_and_heals',
  'the_rendezvous_dies_and_returns',
  'tabs_freeze_and_wake',
  'everybody_blocks_one',
  'one_blocks_everybody',
  'mutual_blocks',
  'blocks_come_and_go',
  'half_of_the_room_blocks_the_other_half',
  'thin_uplinks',
];

/**
 * GoogleTest's own lines count the tests; a program that died without a word counts as one failure.
 * @param {string} text CTest's verbose output
 * @returns {Count}
 */
export function countGoogleTests(text) {
  const passed = (text.match(/^\d+: \[ {7}OK \] /gm) ?? []).length;
  const failures = new Set([...text.matchAll(/^(\d+): \[ {2}FAILED {2}\] .* \(\d+ ms\)$/gm)].map((match) => match[0]));
  const tellers = new Set([...failures].map((line) => line.slice(0, line.indexOf(':'))));
  let failed = failures.size;
  for (const match of text.matchAll(/^ *\d+\/\d+ Test +#(\d+): .*\*\*\*/gm)) if (!tellers.has(match[1] ?? '')) failed++;
  return { passed, failed };
}

/** @param {StageRun} run @param {string} flavour */
async function ctest(run, flavour) {
  const { output, code } = await run.command('ctest', ['--test-dir', `build/${flavour}`, '--verbose', '-j2', '--timeout', `${kGoogleTestLimit}`], {
    env: { ASAN_OPTIONS: 'detect_leaks=1:strict_string_checks=1', UBSAN_OPTIONS: 'print_stacktrace=1' },
  });
  const count = countGoogleTests(output);
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

/** @param {StageRun} run @param {string[]} filters @param {string[]} exclude */
async function vitest(run, filters, exclude) {
  const report = `build/logs/vitest-${run.name}.json`;
  rmSync(report, { force: true });
  const { code } = await run.command('node_modules/.bin/vitest', [
    'run', ...filters, ...exclude.flatMap((pattern) => ['--exclude', pattern]), '--reporter=default', '--reporter=json', `--outputFile.json=${report}`,
  ]);
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const { numPassedTests: passed, numFailedTests: failed, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that cannot be loaded holds no test that could fail.
  const broken = testResults.filter((/** @type {any} */ file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return { passed, failed: failed + broken || (code === 0 ? 0 : 1) };
}

/** @param {StageRun} run */
async function types(run) {
  const count = { passed: 0, failed: 0 };
  for (const folder of ['client', 'web', 'tests', 'benches']) {
    if (!existsSync(`${folder}/tsconfig.json`)) throw new Error(`${folder}/tsconfig.json is missing`);
    const { code } = await run.command('node_modules/.bin/tsc', ['-p', folder, '--pretty', 'false']);
    count[code === 0 ? 'passed' : 'failed']++;
  }
  return count;
}

/** @param {StageRun} run */
async function fuzz(run) {
  const programs = readFileSync('build/sanitize/fuzzers.txt', 'utf8').split('\n').filter(Boolean);
  const count = { passed: 0, failed: 0 };
  /** @param {string} program */
  const one = async (program) => {
    const name = basename(program);
    const corpus = `build/fuzz/corpus/${name}`;
    const finds = `build/fuzz/finds/${name}/`;
    for (const folder of [corpus, finds]) mkdirSync(folder, { recursive: true });
    const { output, code } = await run.command(program, [
      corpus, `-max_total_time=${run.options.fuzzSeconds}`, `-artifact_prefix=${finds}`, '-print_final_stats=1', '-timeout=10', '-rss_limit_mb=2048',
    ]);
    const executed = Number(/number_of_executed_units: *(\d+)/.exec(output)?.[1] ?? 0);
    count[code === 0 && executed > 0 ? 'passed' : 'failed']++;
    run.note(code === 0 ? `${name}: ${executed} inputs` : `${name}: see ${finds} (${readdirSync(finds).join(' ')})`);
  };
  // Two at a time for two cores.
  const lane = async () => {
    for (let program = programs.shift(); program; program = programs.shift()) await one(program);
  };
  await Promise.all([lane(), lane()]);
  return count;
}

/** Each run is a test; its seed replays it. @param {StageRun} run */
async function sim(run) {
  if (run.options.soak) return soak(run, ['--soak', `${run.options.soak}`]);
  const counts = [await scenarios(run), await soak(run, kShortSoak), await soak(run, kShortSoakWithBlocks)];
  const sum = (/** @type {'passed' | 'failed'} */ key) => counts.reduce((all, count) => all + count[key], 0);
  return { passed: sum('passed'), failed: sum('failed') };
}

/** @param {StageRun} run @param {string[]} options */
async function soak(run, options) {
  const { output, code } = await run.command(kSimulator, options, { show: /FAILED|^ *replay:/ });
  const last = /^\{"soak".*"passed": (\d+), "failed": (\d+)\}$/m.exec(output);
  const count = { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

/** @param {StageRun} run */
async function scenarios(run) {
  const count = { passed: 0, failed: 0 };
  for (const scenario of kShortScenarios) {
    const { code } = await run.command(kSimulator, [scenario, '--seed', '1', '--peers', '20'], { show: /VIOLATED/ });
    if (code === 0) count.passed++;
    else count.failed++;
  }
  return count;
}

/** @param {StageRun} run */
async function endToEnd(run) {
  const { output, code } = await run.command('node', ['tests/e2e/run.mjs', ...run.options.names], { show: /^[✓✗]/ });
  const last = /^(\d+) passed, (\d+) failed$/m.exec(output);
  const count = { passed: Number(last?.[1] ?? 0), failed: Number(last?.[2] ?? 0) };
  if (code !== 0 && count.failed === 0) count.failed = 1;
  return count;
}

/** @type {StagePlan[]} */
export const stages = [
  { name: 'unit', about: 'C++ unit and property tests, native', parts: ['native'], run: (run) => ctest(run, 'native') },
  { name: 'sanitize', about: 'the same under AddressSanitizer and UBSan', parts: ['sanitize'], run: (run) => ctest(run, 'sanitize') },
  { name: 'wasm', about: "the core's tests as WASM in Node", parts: ['wasm-tests'], run: (run) => ctest(run, 'wasm') },
  { name: 'imports', about: 'what node.wasm and voice.wasm import and export', parts: ['wasm'], run: (run) => vitest(run, ['wasm/'], []) },
  { name: 'fuzz', about: 'each fuzzer for a few seconds (--fuzz SECONDS: longer)', parts: ['sanitize'], run: fuzz },
  { name: 'sim', about: 'rooms of twenty on a simulated Internet (--soak N: so many with options drawn at random)', parts: ['sim'], run: sim },
  { name: 'types', about: 'TypeScript with its strictest switches, one package = one test', parts: [], run: types },
  { name: 'vitest', about: 'TypeScript unit tests', parts: ['wasm'], run: (run) => vitest(run, [], ['wasm/**']) },
  { name: 'e2e', about: 'real browsers, real audio, the real server (./test e2e NAME…: some of them)', parts: ['server', 'netlab', 'wasm', 'web'], run: endToEnd },
];
