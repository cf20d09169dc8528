// A loud speaker beside the microphone: those who speak must not hear themselves.
import assert from 'node:assert/strict';

import { correlate, loudness } from './correlate.mjs';
import { kEarRate } from './sound_card.mjs';
import { say } from './speech.mjs';

/** @typedef {import('./stage.mjs').Test} Test */

const kDownDb = 15;
const kLearnFor = 20; // seconds of speech

/** @param {import('./browsers.mjs').BrowserName} browser @returns {Test} */
function echo(browser) {
  return {
    name: `echo_is_${kDownDb}_db_down_${browser}`,
    seats: [{ browser: 'chromium' }, { browser }],
    async run(stage) {
      const link = await stage.room();
      // Nobody but the test opens the looped microphone: a browser may let an earlier capture's processing win.
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link, { rawMicrophone: true }), stage.enter(1, 'Ben', link, { listenOnly: true })]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      const unplug = await ben.seat.card.loopBack();
      stage.atEnd(unplug);
      const ear = await anna.listen();
      const [sentence, ...others] = [await say('anna'), await say('ben'), await say('cleo')];

      /** What comes back to Anna while she says the sentence. */
      const returned = async () => {
        const from = ear.samples;
        await anna.speak(sentence);
        await ear.hear(0.8); // there and back
        return ear.heard(from);
      };
      await ben.useMicrophone({ echoCancellation: false, noiseSuppression: false, autoGainControl: false });
      const loud = await returned();
      const alike = correlate(sentence, loud).score;
      assert.ok(alike > 0.6, `the loop does not carry: likeness ${alike.toFixed(2)}, ${loudness(loud).toFixed(1)} dBFS`);

      await ben.useMicrophone({ echoCancellation: true, noiseSuppression: false, autoGainControl: false });
      // How fast the canceller learns the room is the browser's affair, and a busy machine makes it begin anew.
      let [low, down, learnt] = [loud, 0, 0];
      while (down < kDownDb && learnt < kLearnFor) {
        for (const other of others) {
          await anna.speak(other);
          learnt += other.length / kEarRate;
        }
        await ear.hear(0.8);
        low = await returned();
        down = loudness(loud) - Math.max(loudness(low), -100);
      }
      stage.notes.push(`without ${loudness(loud).toFixed(1)} dBFS, with ${loudness(low).toFixed(1)} dBFS: ${down.toFixed(0)} dB down after ${learnt.toFixed(0)} s`);
      stage.keepSound('without', loud);
      stage.keepSound('with', low);
      assert.ok(down >= kDownDb, `only ${down.toFixed(1)} dB down`);
    },
  };
}

/** @type {Test[]} */
export const tests = [echo('firefox'), echo('chromium')];
