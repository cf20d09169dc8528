// Which run gives which figure, and what issue 3 asks of it. Seeds and scenarios are fixed here, and never tuned.

/**
 * @typedef {{ key: string, scenario: string, peers?: number, seed: number, isLong?: boolean }} Run
 * @typedef {Record<string, number>} Figures
 * @typedef {{ name: string, says: string, run: string, take: (figures: Figures) => number | undefined, limit: number, unit: string, isAtLeast?: boolean, count?: string }} Figure
 */

/** @type {Run[]} */
export const kRuns = [
  { key: 'good', scenario: 'three_talk_in_a_room_of_a_hundred', seed: 1 },
  { key: 'death', scenario: 'a_relay_dies_in_mid_sentence', seed: 2 },
  { key: 'leave', scenario: 'a_relay_says_goodbye', seed: 3 },
  { key: 'churn', scenario: 'one_in_twenty_dies_every_minute', seed: 4 },
  { key: 'half', scenario: 'half_of_the_room_dies_at_once', seed: 5 },
  { key: 'four', scenario: 'four_of_five_die', seed: 6 },
  { key: 'cut', scenario: 'a_fifth_of_the_pairs_cannot_connect', seed: 7 },
  { key: 'six', scenario: 'six_friends_behind_bad_nats', seed: 8 },
  { key: 'newcomers', scenario: 'newcomers_while_three_talk', seed: 9 },
  { key: 'room12', scenario: 'three_talk_in_a_room_of_a_hundred', peers: 12, seed: 10 },
  { key: 'room50', scenario: 'three_talk_in_a_room_of_a_hundred', peers: 50, seed: 11 },
  { key: 'room250', scenario: 'three_talk_in_a_room_of_a_hundred', peers: 250, seed: 12, isLong: true },
  { key: 'thin', scenario: 'benches/overlay/homes_with_five_megabits_up.json', seed: 1 },
];

/** @param {string} name @param {string} says @param {string} run @param {string} from @param {number} limit @param {string} [unit] @returns {Figure} */
const atMost = (name, says, run, from, limit, unit = '') => ({ name, says, run, take: (figures) => figures[from], limit, unit });
/** @param {string} name @param {string} says @param {string} run @param {string} from @param {number} limit @param {string} [unit] @returns {Figure} */
const atLeast = (name, says, run, from, limit, unit = '') => ({ ...atMost(name, says, run, from, limit, unit), isAtLeast: true });

/** @param {string} room @param {string} run @returns {Figure[]} */
const roomOf = (room, run) => [
  atMost(`room_${room}_delay_mean_ratio`, `room of ${room}: mean delay / direct`, run, 'delay_mean_ratio', 1.2),
  atMost(`room_${room}_delay_p95_ratio`, `room of ${room}: p95 / direct p95`, run, 'delay_p95_ratio', 1.1),
  atMost(`room_${room}_copies`, `room of ${room}: copies, hot guardians' too`, run, 'copies_per_frame_calm', 1.45),
  atMost(`room_${room}_control_idle_kbits`, `room of ${room}: control traffic, idle`, run, 'control_idle_kbits', 8, 'kbit/s'),
  atMost(`room_${room}_control_talking_kbits`, `room of ${room}: control traffic, talking`, run, 'control_talking_kbits', 12, 'kbit/s'),
  atLeast(`room_${room}_on_time_percent`, `room of ${room}: frames on time`, run, 'frames_on_time_percent', 99.9, '%'),
];

/** @type {Figure[]} */
export const kFigures = [
  atMost('delay_mean_ratio', 'mean one-way delay / direct', 'good', 'delay_mean_ratio', 1.15),
  atMost('delay_p95_ratio', 'p95 / direct p95', 'good', 'delay_p95_ratio', 1.05),
  // grove-sim sees copies on links and not why they were sent; these are all of them.
  atMost('copies_hot', "copies per delivered frame, hot guardians' too", 'good', 'copies_per_frame_calm', 1.45),
  atMost('copies_cold', "  without hot guardians' copies", 'good', 'copies_per_frame_cold', 1.02),
  { ...atMost('hole_death_p50_ms', 'hole after a silent death, all listeners, p50', 'death', 'hole_after_death_p50_ms', 20, 'ms'), count: 'hole_after_death_count' },
  { ...atMost('hole_death_p95_ms', 'hole after a silent death, all listeners, p95', 'death', 'hole_after_death_p95_ms', 120, 'ms'), count: 'hole_after_death_count' },
  atMost('hole_death_hot_p95_ms', '  those with a hot guardian, p95', 'death', 'hole_after_death_hot_p95_ms', 20, 'ms'),
  { ...atMost('hole_leave_max_ms', 'hole after a polite leave, longest', 'leave', 'hole_after_leave_max_ms', 0, 'ms'), count: 'hole_after_leave_count' },
  // In this run nothing happens but speech and the planner's moves: whatever comes late there, a move (or jitter) did.
  { name: 'late_while_optimising_percent', says: 'frames late or lost while only optimisations happen', run: 'good', take: (figures) => 100 - Number(figures['frames_on_time_percent']), limit: 0, unit: '%' },
  atLeast('churn_on_time_percent', 'on time, 5 % of peers dying a minute, 1 % loss', 'churn', 'frames_on_time_percent', 99.9, '%'),
  atMost('half_die_healed_s', 'half die: until all survivors hear all', 'half', 'healed_max_s', 3, 's'),
  atLeast('four_of_five_die_10s_percent', '80 % die: pairs that hear after 10 s', 'four', 'pairs_hearing_after_10s_percent', 99, '%'),
  atMost('cut_pairs_deaf', '20 % of pairs cannot connect: deaf pairs', 'cut', 'pairs_deaf', 0),
  atMost('six_pairs_deaf', 'bad NATs, N = 6: deaf pairs', 'six', 'pairs_deaf', 0),
  atMost('control_idle_kbits', 'control traffic per peer, idle', 'good', 'control_idle_kbits', 8, 'kbit/s'),
  atMost('control_talking_kbits', 'control traffic per peer, three talking', 'good', 'control_talking_kbits', 12, 'kbit/s'),
  { ...atMost('first_sound_beyond_rtt_p50_ms', 'first link to first sound, beyond 1 RTT, p50', 'newcomers', 'first_sound_beyond_rtt_p50_ms', 60, 'ms'), count: 'first_sound_count' },
  { ...atMost('first_sound_beyond_rtt_p95_ms', 'first link to first sound, beyond 1 RTT, p95', 'newcomers', 'first_sound_beyond_rtt_p95_ms', 60, 'ms'), count: 'first_sound_count' },
  ...roomOf('12', 'room12'),
  ...roomOf('50', 'room50'),
  ...roomOf('250', 'room250'),
];
