// People on networks of their own: each browser in a network namespace, and between them the simulator's Internet in real time.
// There is no STUN or TURN server anywhere.
import assert from 'node:assert/strict';

import { Lab } from './lab.mjs';
import { Person } from './person.mjs';
import { newRoom } from './room_link.mjs';
import { isHeardBy } from './talk.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./stage.mjs').Stage} Stage */

// The browsers are this test's own, so their start counts too.
const kTimeout = 240_000;

/**
 * Everybody joins one room, each from a host of their own.
 * @param {Stage} stage @param {string} topology @param {readonly string[]} names
 */
async function gather(stage, topology, names) {
  const lab = await Lab.open(topology);
  stage.atEnd(() => lab.close());
  const link = newRoom(await lab.serve());
  const people = await Promise.all(
    names.map(async (name) => {
      const seat = await lab.seat(name.toLowerCase());
      const person = await Person.open(seat, name);
      stage.people.push(person);
      await person.goto(link);
      await person.join();
      return person;
    }),
  );
  return { lab, people };
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'netlab_two_talk_across_a_bad_ocean',
    seats: [],
    timeout: kTimeout,
    async run(stage) {
      const { lab, people } = await gather(stage, 'two_across_a_bad_ocean', ['Anna', 'Ben']);
      const [anna, ben] = /** @type {[Person, Person]} */ (people);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      assert.equal(await anna.page.evaluate(() => crossOriginIsolated), true, 'the page is not isolated');
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');
      stage.notes.push(JSON.stringify(await lab.packets()));
    },
  },
];
