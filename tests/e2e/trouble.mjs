// Things that go wrong for users every day: each has plain words and a way on.
import assert from 'node:assert/strict';

import { isHeardBy } from './talk.mjs';
import { newRoom } from './room_link.mjs';
import { until } from './until.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./stage.mjs').Stage} Stage */

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
    const all = [anna, ...listeners];
    await Promise.all(all.map((person) => person.isWith(all.filter((other) => other !== person))));
    await isHeardBy(stage, anna, listeners, 'anna');
  },
};

/** @type {Test[]} */
export const tests = [
  {
    name: 'rendezvous_dies_in_mid_call_and_comes_back',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }, { browser: 'chromium' }],
    async run(stage) {
      const server = await stage.ownServer();
      const link = newRoom(server.origin);
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await server.kill();
      await Promise.all([anna, ben].map((person) => person.appears('rendezvous-problem')));
      assertPlain(await anna.reads('rendezvous-problem'));
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');

      await server.start();
      await Promise.all(
        [anna, ben].map((person) => until(`${person.name} is back at the rendezvous`, async () => !(await person.sees('rendezvous-problem')), { timeout: 60_000 })),
      );
      const cleo = await stage.enter(2, 'Cleo', link);
      await Promise.all([anna.isWith([ben, cleo]), ben.isWith([anna, cleo]), cleo.isWith([anna, ben])]);
      await isHeardBy(stage, cleo, [anna, ben], 'cleo');
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
