// How busy this machine is: eight browsers that begin (pages, compilers) leave nothing for sound for many seconds.
import { readFileSync } from 'node:fs';

import { until } from './until.mjs';

const kRestsBelow = 0.65; // eight who are together and silent take 0.45 of two cores, eight who begin all of it (measured)
const kOverMs = 1000;

export const kSaturated = 0.95; // from here on browsers wait for each other, and sound comes when it can

function times() {
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, irq = 0, softirq = 0, steal = 0] = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').split(/\s+/).slice(1).map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, all: busy + idle + waiting };
}

/** How much of the machine is used from now until the answer is asked for: 0 to 1. */
export function watchMachine() {
  const before = times();
  return () => {
    const now = times();
    return (now.busy - before.busy) / Math.max(1, now.all - before.all);
  };
}

/** Waits until the beginnings are over. */
export async function machineRests() {
  let used = watchMachine();
  let share = 1;
  const rests = () => {
    share = used();
    used = watchMachine();
    return share < kRestsBelow;
  };
  await until('the machine rests', rests, { every: kOverMs, timeout: 60_000, detail: () => `${(100 * share).toFixed(0)} % busy` });
}
