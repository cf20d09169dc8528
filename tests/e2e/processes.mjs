// Every program that a run starts is registered here, so that none outlives it: not after a failure, not after Ctrl-C.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { deferSession, preferSession } from './priority.mjs';

/** @typedef {import('node:child_process').ChildProcess} ChildProcess */

/** @type {Set<number>} process groups, by the id of their first process */
const groups = new Set();
/** @type {Set<string>} folders that nobody needs after this run */
const folders = new Set();

/** @param {string} prefix */
export async function temporaryFolder(prefix) {
  const folder = await mkdtemp(join(tmpdir(), prefix));
  folders.add(folder);
  return folder;
}

/**
 * Starts a program as the leader of a process group of its own, so that its children can be ended with it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, stdout?: 'pipe' | 'ignore', stderr?: 'pipe' | 'ignore', stdin?: 'pipe' | 'ignore' }} [options]
 * @returns {ChildProcess}
 */
export function start(command, args, options = {}) {
  const child = spawn(command, args, {
    detached: true,
    env: { ...process.env, ...options.env },
    stdio: [options.stdin ?? 'ignore', options.stdout ?? 'ignore', options.stderr ?? 'ignore'],
  });
  const pid = child.pid;
  if (pid !== undefined) adopt(pid);
  // A program that cannot be started speaks through `exited`; without a listener Node would end the run instead.
  child.on('error', () => {});
  return child;
}

/** @param {number} pid the leader of a group that somebody else (puppeteer) started for us */
export function adopt(pid) {
  groups.add(pid);
  preferSession(pid);
}

/**
 * @param {ChildProcess} child
 * @returns {Promise<number>} its exit code; −1 when a signal ended it or it never started
 */
export function exited(child) {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  if (child.signalCode !== null) return Promise.resolve(-1);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code ?? -1));
    child.once('error', () => resolve(-1));
  });
}

/**
 * Runs a program to its end and hands back what it wrote.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string> }} [options]
 * @returns {Promise<string>}
 */
export async function run(command, args, options = {}) {
  const child = start(command, args, { ...options, stdout: 'pipe', stderr: 'pipe' });
  let out = '';
  let err = '';
  child.stdout?.on('data', (bytes) => (out += bytes));
  child.stderr?.on('data', (bytes) => (err += bytes));
  const closed = new Promise((resolve) => {
    child.once('close', resolve);
    child.once('error', resolve);
  });
  const code = await exited(child);
  await closed;
  if (child.pid !== undefined) groups.delete(child.pid);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}: ${err.trim() || out.trim()}`);
  return out;
}

/** @param {ChildProcess} child */
export async function end(child) {
  if (child.pid === undefined) return;
  signal(child.pid, 'SIGTERM');
  const timer = setTimeout(() => child.pid !== undefined && signal(child.pid, 'SIGKILL'), 3000);
  await exited(child);
  clearTimeout(timer);
  signal(child.pid, 'SIGKILL'); // what the leader left behind
  groups.delete(child.pid);
}

/** As a power cut would: the leader and all that it started, in one instant. @param {number} leader */
export function killGroup(leader) {
  deferSession(leader);
  signal(leader, 'SIGKILL');
  groups.delete(leader);
}

/** Ends whatever still runs, at once. Safe to call from an exit handler. */
export function endAll() {
  for (const pid of groups) signal(pid, 'SIGKILL');
  groups.clear();
}

/** @param {number} pid @param {NodeJS.Signals} name */
function signal(pid, name) {
  try {
    process.kill(-pid, name);
  } catch {
    // the group has ended already
  }
}

process.on('exit', () => {
  endAll();
  // What was just killed may still write: up to 5 s of patience.
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
});
for (const [name, code] of /** @type {const} */ ([['SIGINT', 130], ['SIGTERM', 143], ['SIGHUP', 129]])) {
  process.on(name, () => process.exit(code));
}
