// Runs the end-to-end tests: node tests/e2e/run.mjs [name…] [--long] [--list]
//
// A name picks every test in whose name it occurs; without one, all that are not heavy run. --long: the long forms, and the
// heavy ones too. Exit code 0 only if at least one test ran and all passed. The last line
// is for machines: `N passed, N failed`.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';

import { preferThisRun } from './priority.mjs';
import { SeatPool } from './seat_pool.mjs';
import { kRoot, Server } from './server.mjs';
import { Stage } from './stage.mjs';
import { tests as block } from './block.mjs';
import { tests as chat } from './chat.mjs';
import { tests as control } from './controls.mjs';
import { tests as echo } from './echo.mjs';
import { tests as eight } from './eight.mjs';
import { tests as harness } from './harness.mjs';
import { tests as netlab } from './netlab.mjs';
import { tests as room } from './room.mjs';
import { tests as strain } from './strain.mjs';
import { tests as talk } from './talk.mjs';
import { tests as trouble } from './trouble.mjs';

/** @typedef {import('./stage.mjs').Test} Test */

const kTestTimeout = 120_000;
// A person who talks costs about a third of a core, one who starts a browser or joins a whole one: a second test beside the
// first would measure the machine, on two cores (tried: half of them failed on holes that the browser's own output had).
const kAtOnce = Number(process.env['GROVE_E2E_JOBS'] ?? 1);

/** @type {Test[]} the long ones first, so that none is left over at the end */
const all = [...eight, ...strain, ...echo, ...trouble, ...control, ...block, ...talk, ...chat, ...room, ...netlab, ...harness];

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const isLong = process.argv.includes('--long');
const wanted = all.filter((test) => (words.length === 0 ? isLong || !test.isHeavy : words.some((word) => test.name.includes(word))));
if (process.argv.includes('--list')) {
  for (const test of wanted) console.log(test.name);
  process.exit(0);
}

preferThisRun();
const artefacts = `${kRoot}build/e2e`;
for (const test of wanted) rmSync(`${artefacts}/${test.name}`, { recursive: true, force: true });
mkdirSync(artefacts, { recursive: true });

const began = Date.now();
const pool = new SeatPool();
/** @type {{ server?: Promise<Server> }} shared by all tests that do not end it */
const shared = {};
let passed = 0;
/** @type {string[]} */
const failed = [];

/** @param {Test} test */
async function perform(test) {
  const start = Date.now();
  const timeout = test.timeout ?? kTestTimeout;
  const seats = await pool.take(test.seats);
  const reseat = async (/** @type {number} */ at) => {
    const [dead, wish] = [seats[at], test.seats[at]];
    if (!dead || !wish) throw new Error(`no seat ${at}`);
    await pool.discard([dead]);
    seats.splice(at, 1, ...(await pool.take([wish])));
  };
  const server = () => (shared.server ??= Server.open());
  const stage = new Stage(test.name, seats, { isLong, artefacts, server, reseat });
  /** @type {unknown} */
  let problem = null;
  const taken = Date.now();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not over after ${timeout} ms`)), timeout);
    });
    await Promise.race([test.run(stage), late]);
  } catch (error) {
    problem = error;
    await stage.keepEverything().catch(() => {});
  } finally {
    clearTimeout(timer);
  }
  await stage.close().catch((error) => (problem ??= error));
  // A browser in which something failed may be in any state: the next test gets a new one.
  const kept = seats.filter((seat) => !problem && seat.browser.connected);
  pool.give(kept);
  await pool.discard(seats.filter((seat) => !kept.includes(seat)));
  const seconds = ((Date.now() - taken) / 1000).toFixed(1).padStart(5);
  const waited = taken - start > 1000 ? ` (after ${((taken - start) / 1000).toFixed(0)} s for browsers)` : '';
  const notes = stage.notes.length ? `  [${stage.notes.join('; ')}]` : '';
  if (problem) {
    failed.push(test.name);
    const text = problem instanceof Error ? (problem.stack ?? problem.message) : String(problem);
    console.log(`✗ ${seconds} s  ${test.name}${waited}${notes}\n${text.replace(/^/gm, '      ')}\n      see ${artefacts}/${test.name}/`);
    writeFileSync(`${stage.folder()}/problem.txt`, text + '\n');
  } else {
    passed++;
    console.log(`✓ ${seconds} s  ${test.name}${waited}${notes}`);
  }
}

const waiting = [...wanted];
async function lane() {
  for (;;) {
    // Prefer a test whose browsers are open over the next in line.
    const at = Math.max(0, waiting.findIndex((test) => pool.has(test.seats)));
    const [test] = waiting.splice(at, 1);
    if (!test) return;
    await perform(test);
  }
}

try {
  await Promise.all(Array.from({ length: kAtOnce }, lane));
} finally {
  await pool.close();
  await (await shared.server?.catch(() => null))?.close();
}

console.log(`\n${((Date.now() - began) / 1000).toFixed(0)} s${failed.length ? `; failed: ${failed.join(', ')}` : ''}`);
if (passed + failed.length === 0) console.log('no test has that name; --list shows them');
console.log(`${passed} passed, ${failed.length} failed`);
process.exit(failed.length === 0 && passed > 0 ? 0 : 1);
