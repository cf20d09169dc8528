// A desktop gives sound real-time priority (rtkit); a bare machine in which a compiler runs beside us does not, and then the
// sound card itself stutters. Where we may, we ask for what a desktop has; where not, we run as we are.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import os from 'node:os';

const kNice = -20; // sound is a matter of milliseconds, and uses little

/** Before everybody else's batch work. What this run starts inherits it. */
export function preferThisRun() {
  try {
    os.setPriority(kNice);
  } catch {
    // not root
  }
}

/**
 * The same for a whole session of processes: Chromium sets its threads' own priorities, and Linux weighs sessions
 * (autogroups, sched(7)) against each other, not threads.
 * @param {number} leader
 */
export function preferSession(leader) {
  setNice(leader, kNice);
}

/** The opposite, for a session that is to be killed: taking a browser's memory apart must not take time from the others. @param {number} leader */
export function deferSession(leader) {
  setNice(leader, 19);
}

/** @param {number} leader @param {number} nice */
function setNice(leader, nice) {
  try {
    writeFileSync(`/proc/${leader}/autogroup`, String(nice));
  } catch {
    // not root, or a system without autogroups
  }
}

/** Words to put before a command that plays the sound card's hardware: the lowest real-time priority. */
export const realTime = spawnSync('chrt', ['--rr', '1', 'true']).status === 0 ? ['chrt', '--rr', '1'] : [];
