// Somebody who passes a voice on dies in the middle of it, or blocks it: how much do those miss who got it through them?
import { childrenOf } from './carriers.mjs';
import { glide, longestHole } from './holes.mjs';
import { kEarRate } from './sound_card.mjs';

/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./person.mjs').Person} Person */
/** @typedef {{ who: Person, hole: number, before: number }} Suffering ms: after the loss, and in the second before */
/** @typedef {{ source: Person, relay: Person, children: Suffering[], others: Suffering[] }} Outcome */

const kSpeakSeconds = 7;
const kWatchSeconds = 2.5; // after the loss

/**
 * Somebody speaks without a pause; meanwhile the browser of one who passes that voice on is killed.
 * @param {Stage} stage
 * @param {readonly Person[]} people
 * @param {Person} source
 */
export function killRelay(stage, people, source) {
  return loseRelay(people, source, (relay) => stage.kill(relay));
}

/**
 * Somebody speaks without a pause; meanwhile one who passes that voice on no longer does.
 * @param {readonly Person[]} people
 * @param {Person} source
 * @param {(relay: Person) => Promise<unknown>} lose
 * @returns {Promise<Outcome>}
 */
export async function loseRelay(people, source, lose) {
  const ears = new Map(await Promise.all(people.map(async (person) => /** @type {const} */ ([person, await person.listen()]))));
  const ownEar = ears.get(source);
  if (!ownEar) throw new Error(`${source.name} has no ear`);
  const said = source.speak(glide(kSpeakSeconds));
  await ownEar.hear(2); // the sound card's clock: jitter buffers know the path by then
  const children = await childrenOf(people);
  const [relay, orphans] = [...children].filter(([person, its]) => person !== source && its.length > 0).sort((a, b) => b[1].length - a[1].length)[0] ?? [];
  if (!relay || !orphans) throw new Error(`nobody passes ${source.name}'s voice on: ${describeTree(children)}`);
  const listeners = people.filter((person) => person !== source && person !== relay);
  const at = new Map(listeners.map((person) => [person, ears.get(person)?.samples ?? 0]));
  const lost = ownEar.samples;
  await lose(relay);
  await said;
  // Not to the end: there the voice stops, and that is no hole.
  const watched = Math.min(kWatchSeconds * kEarRate, ownEar.samples - lost - 0.2 * kEarRate);
  if (watched < kEarRate) throw new Error(`only ${(watched / kEarRate).toFixed(1)} s were left after that: this machine is too slow for the test`);
  const suffering = listeners.map((who) => {
    const [heard, from] = [ears.get(who)?.heard() ?? new Float32Array(), at.get(who) ?? 0];
    return { who, hole: 1000 * longestHole(heard.subarray(from, from + watched)), before: 1000 * longestHole(heard.subarray(from - kEarRate, from)) };
  });
  return { source, relay, children: suffering.filter(({ who }) => orphans.includes(who)), others: suffering.filter(({ who }) => !orphans.includes(who)) };
}

/** @param {Outcome} outcome */
export function tell({ source, relay, children, others }) {
  const list = (/** @type {Suffering[]} */ all) => all.map(({ who, hole, before }) => `${who.name} ${hole.toFixed(0)} ms (${before.toFixed(0)} before)`).join(', ');
  return `${source.name} speaks, ${relay.name} (${relay.seat.name}) is lost: ${list(children)}; others: ${list(others)}`;
}

/** @param {Map<Person, Person[]>} children */
function describeTree(children) {
  return [...children].map(([person, its]) => `${person.name} → ${its.map((child) => child.name).join(' ') || 'nobody'}`).join(', ');
}
