// People on networks of their own: each browser in a network namespace, and between them the simulator's Internet in real time.
// There is no TURN server anywhere.
import assert from 'node:assert/strict';

import { childrenOf } from './carriers.mjs';
import { isNotHeardBy } from './controls.mjs';
import { Lab } from './lab.mjs';
import { Person } from './person.mjs';
import { newRoom } from './room_link.mjs';
import { say } from './speech.mjs';
import { isHeardBy } from './talk.mjs';
import { Overdue, until } from './until.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./stage.mjs').Stage} Stage */

// The browsers are this test's own, so their start counts too.
const kTimeout = 240_000;
const kTurns = 3;

/**
 * Everybody joins one room, each from a host of their own.
 * @param {Stage} stage @param {string} topology @param {readonly string[]} names @param {{ stun?: boolean }} [options]
 */
async function gather(stage, topology, names, options) {
  const lab = await Lab.open(topology);
  stage.atEnd(() => lab.close());
  const link = newRoom(await lab.serve(options));
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

/** Which kinds of addresses this person's connections use, and their round trips in ms. @param {Person} person */
function pathsOf(person) {
  return person.page.evaluate(async () => {
    const open = /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).connectionsMade).filter((one) => one.connectionState === 'connected');
    return Promise.all(
      open.map(async (connection) => {
        const reports = await connection.getStats();
        const transport = [...reports.values()].find((report) => report.type === 'transport');
        const pair = reports.get(transport?.selectedCandidatePairId);
        const kind = (/** @type {string} */ id) => /** @type {string} */ (reports.get(id)?.candidateType);
        return { here: kind(pair?.localCandidateId), there: kind(pair?.remoteCandidateId), rttMs: Math.round(1000 * (pair?.currentRoundTripTime ?? 0)) };
      }),
    );
  });
}

/** Whether linked or not. @param {Person} person @param {readonly Person[]} people */
function seesAll(person, people) {
  const others = people.filter((other) => other !== person).map((other) => other.name).sort().join();
  const seen = async () => (await person.peers().catch(() => [])).map((peer) => peer.name).sort().join();
  return until(`${person.name} sees ${others}`, async () => (await seen()) === others, { every: 100, timeout: 60_000, detail: () => person.describe() });
}

/**
 * One speaks, and once more if somebody did not understand: three whole browsers that have just started leave two cores little
 * for sound, and here is asked whether a voice finds its way, not how it sounds.
 * @param {Stage} stage @param {Person} speaker @param {readonly Person[]} listeners @param {import('./speech.mjs').Speaker} voice
 */
async function reaches(stage, speaker, listeners, voice) {
  for (let turn = 1; ; turn++) {
    try {
      return await isHeardBy(stage, speaker, listeners, voice);
    } catch (error) {
      if (!(error instanceof Overdue) || turn === kTurns) throw error;
      stage.notes.push(`${speaker.name} says it again`);
    }
  }
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'netlab_two_homes_talk_across_a_bad_ocean',
    seats: [],
    timeout: kTimeout,
    async run(stage) {
      const { lab, people } = await gather(stage, 'two_homes_across_a_bad_ocean', ['Anna', 'Ben'], { stun: true });
      const [anna, ben] = /** @type {[Person, Person]} */ (people);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      assert.equal(await anna.page.evaluate(() => crossOriginIsolated), true, 'the page is not isolated');
      await reaches(stage, anna, [ben], 'anna');
      await reaches(stage, ben, [anna], 'ben');
      const paths = await pathsOf(anna);
      stage.notes.push(JSON.stringify(paths), JSON.stringify(await lab.packets()));
      assert.equal(paths.length, 1);
      for (const path of paths) {
        assert.ok(path.here !== 'relay' && path.there !== 'relay', 'there is no TURN server');
        assert.ok(path.here !== 'host' || path.there !== 'host', 'the inner addresses of two homes cannot meet');
        assert.ok(path.rttMs >= 160, `faster than the network: ${path.rttMs} ms`);
      }
    },
  },
  {
    name: 'netlab_who_cannot_reach_each_other_hear_each_other_through_a_third',
    seats: [],
    timeout: kTimeout,
    async run(stage) {
      const { lab, people } = await gather(stage, 'ben_stands_between', ['Anna', 'Ben', 'Cleo']);
      const [anna, ben, cleo] = /** @type {[Person, Person, Person]} */ (people);
      await Promise.all(people.map((person) => seesAll(person, people)));
      await reaches(stage, anna, [cleo, ben], 'anna');
      await reaches(stage, cleo, [anna, ben], 'cleo');
      await reaches(stage, ben, [anna, cleo], 'ben');
      // By what the browsers count: Ben carries their voices, and they have no connection but his.
      for (const [speaker, listener] of /** @type {const} */ ([[anna, cleo], [cleo, anna]])) {
        const spoken = speaker.speak(await say('anna'));
        const passesOn = async () => {
          const children = await childrenOf(people);
          return children.get(ben)?.includes(listener) ? children : null;
        };
        const children = await until(`Ben passes ${speaker.name}'s voice on to ${listener.name}`, passesOn, { every: 0, timeout: 5000 });
        assert.deepEqual(children.get(speaker)?.map((child) => child.name), ['Ben']);
        await spoken;
        assert.equal((await pathsOf(speaker)).length, 1);
      }
      const packets = await lab.packets();
      stage.notes.push(JSON.stringify(packets));
      assert.ok((packets['unreachable'] ?? 0) > 0, 'they did not even try to reach each other');
    },
  },
  {
    name: 'netlab_whoever_blocks_the_only_way_is_told_so_and_undoes_it',
    seats: [],
    timeout: kTimeout,
    async run(stage) {
      const { people } = await gather(stage, 'ben_stands_between', ['Anna', 'Ben', 'Cleo']);
      const [anna, ben, cleo] = /** @type {[Person, Person, Person]} */ (people);
      await Promise.all(people.map((person) => seesAll(person, people)));
      await reaches(stage, cleo, [anna, ben], 'cleo');

      await anna.clickOnCard('Ben', 'more');
      await anna.clickOnCard('Ben', 'block');
      await anna.appears('peer-problem', 60_000);
      const words = await anna.reads('peer-problem');
      stage.notes.push(words.replaceAll('\n', ' '));
      assert.match(words, /You block Ben.*no other way to Cleo.*unblock Ben/s);
      await isNotHeardBy(cleo, anna, 'cleo');
      await reaches(stage, cleo, [ben], 'cleo');

      await anna.clickOnCard('Ben', 'unblock');
      await until('Anna is told nothing of it any more', async () => !(await anna.sees('peer-problem')), { timeout: 60_000, detail: () => anna.describe() });
      await reaches(stage, cleo, [anna, ben], 'cleo');
      await reaches(stage, ben, [anna, cleo], 'ben');
    },
  },
];
