// What is said into one microphone comes out of the others' speakers.
import assert from 'node:assert/strict';

import { correlate } from './correlate.mjs';
import { kHeard, kNotHeard } from './person.mjs';
import { say } from './speech.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./person.mjs').Person} Person */
/** @typedef {import('./speech.mjs').Speaker} Speaker */

/**
 * One speaks, the others must hear it, and nothing else.
 * @param {Stage} stage
 * @param {Person} speaker
 * @param {readonly Person[]} listeners
 * @param {Speaker} voice
 */
export async function isHeardBy(stage, speaker, listeners, voice) {
  const sentence = await say(voice);
  const ears = await Promise.all(listeners.map((listener) => listener.listen()));
  const from = ears.map((ear) => ear.samples);
  await speaker.speak(sentence);
  for (const [i, listener] of listeners.entries()) {
    const match = await listener.hears(sentence, from[i] ?? 0);
    stage.notes.push(`${speaker.name}→${listener.name} ${match.score.toFixed(2)}`);
    const heard = ears[i]?.heard(from[i]) ?? new Float32Array(0);
    for (const other of /** @type {Speaker[]} */ (['anna', 'ben', 'cleo'])) {
      if (other === voice) continue;
      const wrong = correlate(await say(other), heard);
      assert.ok(wrong.score < kNotHeard, `${listener.name} heard what ${other} did not say: ${wrong.score.toFixed(2)}`);
    }
  }
}

/** Waits until all see and reach each other, and nobody else. @param {readonly Person[]} people */
export async function areTogether(people) {
  await Promise.all(people.map((person) => person.isWith(people.filter((other) => other !== person))));
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'talk_firefox_firefox',
    seats: [{ browser: 'firefox' }, { browser: 'firefox' }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');
    },
  },
  {
    name: 'talk_chromium_firefox_and_one_comes_late',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }, { browser: 'chromium', rate: 44100 }],
    async run(stage) {
      const link = await stage.room();
      const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link), stage.enter(1, 'Ben', link)]);
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      assert.equal(await anna.page.evaluate(() => /** @type {any} */ (window).grove.room.isolated), true, 'the page is not isolated');
      const cleo = await stage.enter(2, 'Cleo', link);
      await Promise.all([anna.isWith([ben, cleo]), ben.isWith([anna, cleo]), cleo.isWith([anna, ben])]);
      await isHeardBy(stage, anna, [ben, cleo], 'anna');
      await isHeardBy(stage, ben, [anna, cleo], 'ben');
      await isHeardBy(stage, cleo, [anna, ben], 'cleo');

      // Two at once: the third hears both, each from where they were put. Without echo cancellation, which takes one's own
      // voice for an echo while another talks and has not yet seen that there is none.
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      await Promise.all([anna.useMicrophone(plain), ben.useMicrophone(plain)]);
      await cleo.page.evaluate(() => {
        for (const peer of /** @type {any} */ (window).grove.room.peers.values()) peer.pan = peer.name === 'Anna' ? -1 : 1;
      });
      const ear = await cleo.listen();
      const from = ear.samples;
      const [first, second] = [await say('anna'), await say('ben')];
      await Promise.all([anna.speak(first), ben.speak(second)]);
      await ear.hear(0.8);
      for (const [side, said, unsaid] of /** @type {const} */ ([['left', first, second], ['right', second, first]])) {
        const [right, wrong] = [correlate(said, ear.heard(from, side)).score, correlate(unsaid, ear.heard(from, side)).score];
        stage.notes.push(`${side} ${right.toFixed(2)} against ${wrong.toFixed(2)}`);
        assert.ok(right > kHeard && wrong < kNotHeard, `two at once, ${side} ear: ${right.toFixed(2)}, the other voice ${wrong.toFixed(2)}`);
      }
    },
  },
];
