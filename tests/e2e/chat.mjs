// What is written in the room.
import assert from 'node:assert/strict';

import { areTogether } from './talk.mjs';

/** @typedef {import('./stage.mjs').Test} Test */

const kListening = { listenOnly: true };
const kHostile = '<img src=x onerror="window.marked=1"><b>bold</b> javascript:alert(1) https://grove.example/a"onclick="window.marked=1';

/** @type {Test[]} */
export const tests = [
  {
    name: 'chat_reaches_all_is_no_markup_and_waits_for_who_comes_later',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }, { browser: 'chromium' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link, kListening), stage.enter(1, 'Ben', link, kListening)]);
      await areTogether([anna, ben]);
      await anna.click('chat-open');
      await anna.write(kHostile);
      await ben.appears('chat-unread', 10_000);
      await ben.click('chat-open');
      await ben.readsInChat([`Anna: ${kHostile}`]);
      assert.equal(await ben.sees('chat-unread'), false, 'what is read is still called new');
      const inside = await ben.page.$eval('[data-testid="chat-message"]', (node) => [...node.querySelectorAll('*')].map((one) => one.outerHTML.replace(/<!--.*?-->/g, '')));
      assert.deepEqual(inside, ['<a dir="ltr" target="_blank" rel="noopener noreferrer nofollow" href="https://grove.example/a">https://grove.example/a</a>']);
      assert.equal(await ben.page.evaluate(() => 'marked' in window), false, 'somebody else\'s words ran as a program');

      await ben.write('two', 'lines');
      const all = (/** @type {string} */ first, /** @type {string} */ second) => [`${first}: ${kHostile}`, `${second}: two\nlines`];
      await anna.readsInChat(all('You', 'Ben'));
      await anna.leave();
      await ben.isWith([], 5000);
      const cleo = await stage.enter(2, 'Cleo', link, kListening); // gets Anna's words from Ben
      await cleo.click('chat-open');
      await cleo.readsInChat(all('Anna', 'Ben'), 20_000);
      await ben.readsInChat(all('Anna', 'You'));
    },
  },
];
