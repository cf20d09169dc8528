// A page that is busy, and a page that gets less from its browser.
import assert from 'node:assert/strict';

import { kWholePiece } from './person.mjs';
import { newRoom } from './room_link.mjs';
import { openBareProxy } from './server.mjs';
import { say, speak } from './speech.mjs';
import { isHeardBy } from './talk.mjs';

/** @typedef {import('./stage.mjs').Test} Test */

/** About 20 s of unlike sentences. */
async function longSpeech() {
  const parts = await Promise.all([
    say('anna'),
    say('ben'),
    say('cleo'),
    speak('en-us+f3', 'Yesterday a grey parrot flew over the roof of our school and sang.'),
    speak('en-gb+m3', 'We ordered nine cups of coffee, two cakes and a very large umbrella.'),
    speak('en-us+m7', 'Nobody knows why the night train to Vienna left ten minutes early.'),
  ]);
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'blocked_main_thread_loses_nothing',
    seats: [{ browser: 'chromium' }, { browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben, cleo] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link), stage.enter(2, 'Cleo', link)]);
      await Promise.all([anna.isWith([ben, cleo]), ben.isWith([anna, cleo]), cleo.isWith([anna, ben])]);
      const blocked = [ben, cleo];
      await isHeardBy(stage, anna, blocked, 'anna'); // the jitter buffers know the path now
      const speech = await longSpeech();
      const id = await anna.id();
      const before = await Promise.all(blocked.map((person) => person.stats()));
      const from = await Promise.all(blocked.map(async (person) => (await person.listen()).samples));
      for (const person of blocked) {
        await person.page.evaluate(() => {
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
      }
      await anna.speak(speech);
      for (const [i, person] of blocked.entries()) {
        const times = await person.page.evaluate(() => {
          const scope = /** @type {any} */ (window);
          scope.blockNoMore = true;
          return /** @type {number} */ (scope.timesBlocked);
        });
        assert.ok(times > (speech.length / 48000) * 2.5, `the main thread was blocked only ${times} times`);
        const match = await person.hears(speech, from[i] ?? 0);
        const after = await person.stats();
        const [was, is] = [before[i]?.peers[id], after.peers[id]];
        assert.ok(was && is);
        const lost = {
          underruns: after.sound.underruns - (before[i]?.sound.underruns ?? 0),
          concealed: is.framesConcealed - was.framesConcealed,
          late: is.framesLate - was.framesLate,
          queueDrops: after.sound.frameQueueDrops - (before[i]?.sound.frameQueueDrops ?? 0),
        };
        stage.notes.push(`${person.seat.name}: ${match.score.toFixed(2)}, worst piece ${match.worst.toFixed(2)}, ${is.framesReceived - was.framesReceived} frames, ${JSON.stringify(lost)}`);
        assert.deepEqual(lost, { underruns: 0, concealed: 0, late: 0, queueDrops: 0 }, person.seat.name);
        assert.ok(match.worst > kWholePiece, `${person.name} heard a hole: ${match.pieces.map((piece) => piece.toFixed(2))}`);
      }
    },
  },
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
