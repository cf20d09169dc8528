// Coming and going.
import assert from 'node:assert/strict';

import { Person } from './person.mjs';
import { isHeardBy } from './talk.mjs';

/** @typedef {import('./stage.mjs').Test} Test */

/** @type {Test[]} */
export const tests = [
  {
    name: 'reload_keeps_identity_and_hears_again',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      for (const [person, other] of /** @type {const} */ ([[anna, ben], [ben, anna]])) {
        const before = await person.id();
        assert.equal((await other.peer(person.name)).id, before);
        await person.page.reload({ waitUntil: 'load' });
        await person.join();
        await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
        assert.equal(await person.id(), before, `${person.seat.name}: a reload made another person`);
        assert.equal((await other.peer(person.name)).id, before);
      }
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');
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
      await twin.appears('open-twice');
      await twin.join();
      const ben = await stage.enter(1, 'Ben', link);
      await Promise.all([anna.isWith([twin, ben]), twin.isWith([anna, ben]), ben.isWith([anna, twin])]);
      assert.notEqual(await anna.id(), await twin.id());
      // Both tabs have one microphone and one speaker: only after one of them has gone can anybody tell who is heard.
      await twin.leave();
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await isHeardBy(stage, anna, [ben], 'anna');
    },
  },
  {
    name: 'on_phones_nothing_is_cut_and_nothing_scrolls_sideways',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      for (const { page, seat } of [anna, ben]) {
        for (const width of [320, 360, 375]) {
          await page.setViewport({ width, height: 700 });
          const seen = await page.evaluate(() => {
            const [status] = document.querySelectorAll('grove-me .status');
            const head = [...document.querySelectorAll('.room-head :is(h1, p, button)')].map((part) => part.getBoundingClientRect());
            return {
              isWider: document.documentElement.scrollWidth > window.innerWidth,
              isCut: !status || status.scrollWidth > status.clientWidth,
              isInRows: Math.max(...head.map(({ top }) => top)) > Math.min(...head.map(({ bottom }) => bottom)),
            };
          });
          assert.deepEqual(seen, { isWider: false, isCut: false, isInRows: false }, `${seat.name}, ${width} px`);
        }
      }
    },
  },
];
