// A page that is busy, and a page that gets less from its browser.
import assert from 'node:assert/strict';

import { kPieceHeard } from './person.mjs';
import { newRoom } from './room_link.mjs';
import { openBareProxy } from './server.mjs';
import { say, speak } from './speech.mjs';
import { isHeardBy } from './talk.mjs';

/** @typedef {import('./stage.mjs').Test} Test */

/** Unlike sentences, 7 s or the whole 20 of them. @param {boolean} long */
async function speech(long) {
  const few = [say('anna'), speak('en-gb+m3', 'We ordered nine cups of coffee, two cakes and a very large umbrella.')];
  const more = [
    say('ben'),
    say('cleo'),
    speak('en-us+f3', 'Yesterday a grey parrot flew over the roof of our school and sang.'),
    speak('en-us+m7', 'Nobody knows why the night train to Vienna left ten minutes early.'),
  ];
  const parts = await Promise.all(long ? [...few, ...more] : few);
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * One listener at a time: two that burn a third of a core each, on two cores, would take them from the speaker.
 * @param {import('./browsers.mjs').BrowserName} browser
 * @returns {Test}
 */
function blocked(browser) {
  return {
    name: `blocked_main_thread_loses_nothing_${browser}`,
    seats: [{ browser: 'chromium' }, { browser }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await isHeardBy(stage, anna, [ben], 'anna'); // the jitter buffer knows the path now
      const said = await speech(stage.isLong);
      const id = await anna.id();
      await anna.fallsSilent();
      const [before, sentBefore] = [await ben.stats(), (await anna.stats()).node.copiesSent];
      const from = (await ben.listen()).samples;
      await ben.page.evaluate(() => {
        const scope = /** @type {any} */ (window);
        scope.timesBlocked = 0;
        const block = () => {
          const end = performance.now() + 100;
          while (performance.now() < end);
          scope.timesBlocked++;
          if (!scope.blockNoMore) setTimeout(block, 200);
        };
        block();
      });
      await anna.speak(said);
      const times = await ben.page.evaluate(() => {
        const scope = /** @type {any} */ (window);
        scope.blockNoMore = true;
        return /** @type {number} */ (scope.timesBlocked);
      });
      assert.ok(times > (said.length / 48000) * 2.5, `the main thread was blocked only ${times} times`);
      await anna.fallsSilent();
      const [after, sentAfter] = [await ben.stats(), (await anna.stats()).node.copiesSent];
      const [was, is] = [before.peers[id], after.peers[id]];
      assert.ok(was && is);
      const lost = {
        underruns: after.sound.underruns - before.sound.underruns,
        onTheWay: sentAfter - sentBefore - (is.framesReceived - was.framesReceived),
        tooLate: is.framesLate - was.framesLate,
        betweenWorkers: after.sound.frameQueueDrops - before.sound.frameQueueDrops,
      };
      const seconds = (said.length / 48000).toFixed(0);
      stage.notes.push(`${times} times in ${seconds} s, ${is.framesReceived - was.framesReceived} frames, delay ${was.currentDelayMs.toFixed(0)} → ${is.currentDelayMs.toFixed(0)} ms, ${is.framesConcealed - was.framesConcealed} guessed while waiting`);
      assert.deepEqual(lost, { underruns: 0, onTheWay: 0, tooLate: 0, betweenWorkers: 0 }, stage.notes.join('; '));
      const match = await ben.hears(said, from);
      stage.notes.push(`${match.score.toFixed(2)}, worst piece ${match.worst.toFixed(2)}`);
      assert.ok(match.worst > kPieceHeard, `${ben.name} heard a hole: ${match.pieces.map((piece) => piece.toFixed(2))}`);
    },
  };
}

/** @type {Test[]} */
export const tests = [
  blocked('firefox'),
  blocked('chromium'),
  {
    name: 'page_without_isolation_talks_over_message_ports',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const proxy = await openBareProxy(await stage.server());
      stage.atEnd(() => proxy.close());
      const link = newRoom(proxy.origin);
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      for (const person of [anna, ben]) {
        assert.equal(await person.page.evaluate(() => crossOriginIsolated), false, 'the page is isolated all the same');
        assert.equal(await person.page.evaluate(() => /** @type {any} */ (window).grove.room.isolated), false);
      }
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');
    },
  },
];
