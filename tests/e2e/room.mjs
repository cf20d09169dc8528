// Coming and going.
import assert from 'node:assert/strict';

import { Person } from './person.mjs';
import { isHeardBy } from './talk.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./browsers.mjs').BrowserName} BrowserName */

/** @param {BrowserName} browser @returns {Test} */
function reload(browser) {
  return {
    name: `reload_keeps_identity_and_hears_again_${browser}`,
    seats: [{ browser: 'chromium' }, { browser }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      const before = await ben.id();
      assert.equal((await anna.peer('Ben')).id, before);
      await ben.page.reload({ waitUntil: 'load' });
      await ben.join();
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      assert.equal(await ben.id(), before, 'a reload made another person');
      assert.equal((await anna.peer('Ben')).id, before);
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');
    },
  };
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'late_comer_hears_and_is_heard',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }, { browser: 'chromium' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await isHeardBy(stage, anna, [ben], 'anna');
      const cleo = await stage.enter(2, 'Cleo', link);
      await Promise.all([anna.isWith([ben, cleo]), ben.isWith([anna, cleo]), cleo.isWith([anna, ben])]);
      await isHeardBy(stage, anna, [ben, cleo], 'anna');
      await isHeardBy(stage, cleo, [anna, ben], 'cleo');
    },
  },
  {
    name: 'who_leaves_is_gone_within_two_seconds',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await anna.leave();
      await ben.isWith([], 2000);
      await anna.appears('join'); // and may come back
      await anna.click('join');
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await ben.leave();
      await anna.isWith([], 2000);
    },
  },
  {
    name: 'two_tabs_of_one_browser_are_two_people',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const link = await stage.room();
      const anna = await stage.enter(0, 'Anna', link);
      const twin = await Person.open(stage.seat(0), 'Twin', anna.context);
      stage.people.push(twin);
      await twin.goto(link);
      await twin.join();
      const ben = await stage.enter(1, 'Ben', link);
      await Promise.all([anna.isWith([twin, ben]), twin.isWith([anna, ben]), ben.isWith([anna, twin])]);
      assert.notEqual(await anna.id(), await twin.id());
      // Both tabs have one microphone and one speaker: only after one of them has gone can anybody tell who is heard.
      await twin.leave();
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await isHeardBy(stage, ben, [anna], 'ben');
      await isHeardBy(stage, anna, [ben], 'anna');
    },
  },
  reload('firefox'),
  reload('chromium'),
];
