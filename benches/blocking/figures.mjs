// The rooms of ./bench blocking, and what issue 4 asks of them. Seed and scenario are fixed here, and never tuned.

export const kPeers = 50;
export const kFanOut = 8;
export const kSeed = 13;
export const kShares = [2, 5, 10, 20, 40]; // percent: that one blocks the other, for each ordered pair
export const kDelayShare = 20; // at which delays are compared with those without blocks

/** @typedef {Record<string, number>} Figures */
/** @typedef {{ figures: Figures, violated: string[] }} Run */
/** @typedef {Record<string, Figures>} Trees */
/** @typedef {{ blocked: Map<number, Run>, free: Map<number, Run> }} Runs  free: the same pairs left out of the figures, but nobody blocks */
/** @typedef {{ name: string, says: string, value: number, limit: number, unit: string, isFree?: boolean }} Figure */

const of = (/** @type {Run | undefined} */ run, /** @type {string} */ name) => run?.figures[name] ?? NaN;
const worst = (/** @type {Runs} */ runs, /** @type {string} */ name) => Math.max(...kShares.map((share) => of(runs.blocked.get(share), name)));

// What the room uploads with blocks, by what it does without in the same minute, over the share of (frame, listener) still wanted; per
// spoken frame, because people do not speak equally much in both runs.
export function uploadOverWanted(/** @type {Runs} */ runs, /** @type {number} */ share) {
  const blocked = runs.blocked.get(share), free = runs.free.get(share);
  const upload = of(blocked, 'copies_per_spoken_after') / of(free, 'copies_per_spoken_after');
  return upload / (of(blocked, 'pairs_wanted_after_percent') / 100);
}

/** @param {Runs} runs @returns {Figure[]} */
export function figuresOf(runs) {
  const blocked = runs.blocked.get(kDelayShare), free = runs.free.get(kDelayShare);
  return [
    ...kShares.map((share) => ({
      name: `wasted_copies_at_${share}`,
      says: `wasted transmissions at q = ${share} %`,
      value: of(runs.blocked.get(share), 'block_wasted_copies'),
      limit: 0,
      unit: 'copies',
    })),
    { name: 'delay_mean_over_free', says: `mean delay at q = ${kDelayShare} % / without blocks, same pairs`, value: of(blocked, 'others_delay_mean_ms') / of(free, 'others_delay_mean_ms'), limit: 1.05, unit: '' },
    { name: 'delay_p95_over_free', says: `p95 delay at q = ${kDelayShare} % / without blocks, same pairs`, value: of(blocked, 'others_delay_p95_ms') / of(free, 'others_delay_p95_ms'), limit: 1.05, unit: '' },
    { name: 'unreached_needlessly', says: 'pairs unreached who need not be, any q', value: worst(runs, 'others_pairs_unreached_needlessly'), limit: 0, unit: 'pairs' },
    { name: 'others_frames_lost', says: "others' frames lost by a block, any q", value: worst(runs, 'others_frames_lost'), limit: 0, unit: 'frames' },
    // "In proportion": the issue names no bound; a tenth is ours. Guardians' copies do not fall as listeners do.
    { name: 'upload_over_wanted_max', says: 'upload left / share still wanted, largest', value: Math.max(...kShares.map((share) => uploadOverWanted(runs, share))), limit: 1.1, unit: '' },
    { name: 'last_byte_p95_ms', says: 'click to the last wasted byte, p95, largest', value: worst(runs, 'block_last_byte_p95_ms'), limit: NaN, unit: 'ms', isFree: true },
  ];
}
