// Things that go wrong for users every day: each has plain words and a way on.
import assert from 'node:assert/strict';

import { breakLink, linkBetween } from './carriers.mjs';
import { killRelay, tell } from './relay_loss.mjs';
import { newRoom } from './room_link.mjs';
import { areTogether, isHeardBy } from './talk.mjs';
import { until } from './until.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./person.mjs').Person} Person */

const kRepairedMs = 500; // one death on a busy machine; eight.mjs judges many

/** Words that belong in a console, not on a page. */
const kJargon = /NotAllowedError|NotFoundError|DOMException|getUserMedia|undefined|\[object|Error:|microphone-(refused|absent|busy)|link-malformed/;

/** @param {string} words */
function assertPlain(words) {
  assert.ok(words.trim().length > 20, `too few words to help anybody: "${words}"`);
  assert.doesNotMatch(words, kJargon);
}

/** Three people whose browsers give no microphone, in one room with one who speaks. @type {Test} */
const withoutMicrophone = {
  name: 'without_a_microphone_one_is_told_and_listens',
  seats: [{ browser: 'chromium' }, { browser: 'firefox', microphone: 'refused' }, { browser: 'chromium', microphone: 'refused' }, { browser: 'chromium', microphone: 'absent' }],
  async run(stage) {
    const link = await stage.room();
    const anna = await stage.enter(0, 'Anna', link);
    const listeners = await Promise.all(
      ['Refused in Firefox', 'Refused in Chromium', 'Absent'].map(async (name, i) => {
        const person = await stage.visit(1 + i, name, link);
        await person.appears('join');
        if (await person.sees('mic-check')) await person.click('mic-check');
        await person.appears('mic-problem');
        const words = await person.reads('mic-problem');
        assertPlain(words);
        stage.notes.push(words.split('\n')[0] ?? '');
        await person.join({ listenOnly: true });
        return person;
      }),
    );
    await areTogether([anna, ...listeners]);
    await isHeardBy(stage, anna, listeners, 'anna');
  },
};

/** @type {Test[]} */
export const tests = [
  {
    name: 'rendezvous_dies_in_mid_call_and_comes_back',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }, { browser: 'chromium' }, { browser: 'chromium' }],
    async run(stage) {
      const server = await stage.ownServer();
      const link = newRoom(server.origin, 1); // everybody's tree is a chain
      const people = await stage.enterAll(link, ['Anna', 'Ben', 'Cleo', 'Dan'], { rawMicrophone: true });
      await areTogether(people);
      await server.kill();
      await Promise.all(people.map((person) => person.appears('rendezvous-problem')));
      const [anna] = /** @type {[Person]} */ (people);
      assertPlain(await anna.reads('rendezvous-problem'));

      // The call goes on, and a relay's death is repaired.
      const outcome = await killRelay(stage, people, anna);
      stage.notes.push(tell(outcome));
      assert.ok(outcome.children.every(({ hole }) => hole < kRepairedMs), tell(outcome));
      const empty = people.indexOf(outcome.relay);
      people.splice(empty, 1);
      const [, ben, cleo] = /** @type {[Person, Person, Person]} */ (people);
      await isHeardBy(stage, anna, [ben, cleo], 'anna');

      // Two lose their link; they find each other again through the third.
      const before = await linkBetween(ben, cleo);
      assert.ok(before, `${ben.name} and ${cleo.name} had no link`);
      await breakLink(ben, cleo);
      const anew = async () => ![null, before].includes(await linkBetween(ben, cleo));
      const began = Date.now();
      await until(`${ben.name} and ${cleo.name} have a new link`, anew, { timeout: 60_000, detail: () => ben.describe() });
      stage.notes.push(`a new link after ${((Date.now() - began) / 1000).toFixed(1)} s`);

      await server.start();
      const isBack = (/** @type {Person} */ person) => until(`${person.name} is back at the rendezvous`, async () => !(await person.sees('rendezvous-problem')), { timeout: 60_000 });
      await Promise.all(people.map(isBack));
      await stage.reseat(empty);
      const eve = await stage.enter(empty, 'Eve', link, { rawMicrophone: true });
      await areTogether([...people, eve]);
      await isHeardBy(stage, eve, people, 'cleo');
    },
  },
  withoutMicrophone,
  {
    name: 'malformed_link_is_told_and_a_new_room_offered',
    seats: [{ browser: 'chromium' }],
    async run(stage) {
      const { origin } = await stage.server();
      for (const secret of ['abc', 'A'.repeat(21) + '!', 'A'.repeat(40)]) {
        const person = await stage.visit(0, 'Anna', `${origin}/#${secret}`);
        await person.appears('link-problem');
        assertPlain(await person.reads('link-problem'));
        assert.equal(await person.sees('room'), false);
        await person.close();
      }
      const person = await stage.visit(0, 'Anna', `${origin}/`);
      await person.appears('new-room');
      await person.click('new-room');
      await until('the address holds a secret', () => /#[\w-]{22}$/.test(person.page.url()), { detail: () => person.page.url() });
      await person.join();
      await person.isWith([]);
    },
  },
];
