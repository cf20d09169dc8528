// Runs the stages of ./test and sums them up. ./test has done the set-up before.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

import { secondsSince, StageRun } from './stage_run.mjs';
import { stages } from './stages.mjs';

const kColour = process.stdout.isTTY ? { green: '\x1b[32m', red: '\x1b[31m', plain: '\x1b[0m' } : { green: '', red: '', plain: '' };
const kShownOnFailure = 60; // lines of the log

/** @typedef {{ name: string, passed: number, failed: number, seconds: string, why: string }} Result */

/** @param {string[]} words */
function parse(words) {
  const options = { fuzzSeconds: 5, soak: 0, names: /** @type {string[]} */ ([]) };
  const wanted = [];
  while (words.length > 0) {
    const word = words.shift() ?? '';
    if (word === '--fuzz') options.fuzzSeconds = Number(words.shift());
    else if (word.startsWith('--fuzz=')) options.fuzzSeconds = Number(word.slice(7));
    else if (word === '--soak') options.soak = Number(words.shift());
    else if (word.startsWith('--soak=')) options.soak = Number(word.slice(7));
    else if (stages.some((stage) => stage.name === word)) wanted.push(word);
    else if (wanted.at(-1) === 'e2e' && !word.startsWith('-')) options.names.push(word);
    else refuse(`./test does not know '${word}'; ./test --list shows the stages`);
  }
  if (!(options.fuzzSeconds >= 1 && options.fuzzSeconds <= 86400)) refuse('--fuzz takes whole seconds, from 1 to 86400');
  if (!(Number.isInteger(options.soak) && options.soak >= 0 && options.soak <= 1_000_000)) refuse('--soak takes a whole number of runs, up to 1000000');
  if (options.soak > 0 && wanted.length === 0) wanted.push('sim');
  options.fuzzSeconds = Math.round(options.fuzzSeconds);
  return { options, wanted };
}

/** @param {string} why */
function refuse(why) {
  console.error(why);
  process.exit(2);
}

/** The lines that matter of a failed stage's log: those about the failures, else its end. @param {string} log */
function excerpt(log) {
  const lines = readFileSync(log, 'utf8').split('\n').filter((line) => line.trim());
  const loud = lines.filter((line) => /FAILED|Failure|error TS|✗|×|ERROR: |runtime error|SUMMARY|Error:|Expected|Falsifiable/.test(line)).slice(0, kShownOnFailure / 2);
  return [...loud, '…', ...lines.slice(-kShownOnFailure / 2)].map((line) => `    ${line}`).join('\n');
}

/** @param {import('./stages.mjs').StagePlan} stage @param {{ fuzzSeconds: number, soak: number, names: string[] }} options @returns {Promise<Result>} */
async function perform(stage, options) {
  const start = Date.now();
  /** @type {(count: {passed: number, failed: number}, why: string) => Result} */
  const result = (count, why) => ({ name: stage.name, ...count, seconds: secondsSince(start), why });
  console.log(`\n${stage.name}: ${stage.about}`);
  if (stage.parts.length > 0) {
    const built = spawnSync('tools/build', stage.parts, { stdio: 'inherit' });
    if (built.status !== 0) return result({ passed: 0, failed: 1 }, 'did not build');
  }
  const run = new StageRun(stage.name, options);
  /** @type {Result} */
  let outcome;
  try {
    const count = await stage.run(run);
    // Nothing run is nothing known.
    outcome = count.passed + count.failed === 0 ? result({ passed: 0, failed: 1 }, 'ran no test') : result(count, '');
  } catch (error) {
    outcome = result({ passed: 0, failed: 1 }, String(error));
  }
  run.close();
  const good = outcome.failed === 0;
  if (!good) console.log(`${excerpt(run.log)}\n    the whole log: ${run.log}`);
  for (const note of run.notes) console.log(`    ${note}`);
  console.log(`${good ? `${kColour.green}✓` : `${kColour.red}✗`}${kColour.plain} ${outcome.passed} passed, ${outcome.failed} failed  ${outcome.seconds} s`);
  return outcome;
}

const { options, wanted } = parse(process.argv.slice(2));
mkdirSync('build/logs', { recursive: true });
/** @type {Result[]} */
const results = [];
const start = Date.now();
for (const stage of stages) if (wanted.length === 0 || wanted.includes(stage.name)) results.push(await perform(stage, options));

console.log('\nstage      passed  failed   seconds');
for (const { name, passed, failed, seconds, why } of results) {
  console.log(`${name.padEnd(10)} ${String(passed).padStart(6)} ${String(failed).padStart(7)} ${seconds.padStart(9)}  ${failed ? `${kColour.red}✗${kColour.plain} ${why}` : ''}`);
}
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
console.log(`\n${secondsSince(start)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
