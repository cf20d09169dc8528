// A desktop gives sound real-time priority (rtkit); a bare machine in which a compiler runs beside us does not, and then the
// sound card itself stutters. Where we may, we ask for what a desktop has; where not, we run as we are.
import { spawnSync } from 'node:child_process';
import os from 'node:os';

/** Before everybody else's batch work: browsers and all that this run starts inherit it. */
export function preferThisRun() {
  try {
    os.setPriority(-10);
  } catch {
    // not root
  }
}

/** Words to put before a command that plays the sound card's hardware: the lowest real-time priority. */
export const realTime = spawnSync('chrt', ['--rr', '1', 'true']).status === 0 ? ['chrt', '--rr', '1'] : [];
