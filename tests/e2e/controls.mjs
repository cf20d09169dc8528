// What the buttons do, measured by what is heard and what is sent.
import assert from 'node:assert/strict';

import { correlate, loudness } from './correlate.mjs';
import { kNotHeard } from './person.mjs';
import { say } from './speech.mjs';
import { isHeardBy } from './talk.mjs';
import { until } from './until.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./stage.mjs').Stage} Stage */
/** @typedef {import('./person.mjs').Person} Person */

/** @param {Stage} stage @param {import('./person.mjs').EnterOptions} [options] */
async function two(stage, options) {
  const link = await stage.room();
  const [anna, ben] = await Promise.all([stage.enter(0, 'Anna', link, options), stage.enter(1, 'Ben', link)]);
  await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
  return { anna, ben };
}

/** The level at which a listener hears the sentence. @param {Person} speaker @param {Person} listener */
async function levelHeard(speaker, listener) {
  const sentence = await say('anna');
  const ear = await listener.listen();
  const from = ear.samples;
  await speaker.speak(sentence);
  return (await listener.hears(sentence, from)).gainDb;
}

/**
 * Speaks to nobody: what the listener hears meanwhile must be silence.
 * @param {Person} speaker @param {Person} listener @param {import('./speech.mjs').Speaker} [voice]
 */
export async function isNotHeardBy(speaker, listener, voice = 'anna') {
  const sentence = await say(voice);
  const ear = await listener.listen();
  const from = ear.samples;
  await speaker.speak(sentence);
  await ear.hear(0.6); // what may still be on its way
  const heard = ear.heard(from);
  assert.ok(loudness(heard) < -70, `${listener.name} heard something: ${loudness(heard).toFixed(1)} dBFS`);
  assert.ok(correlate(sentence, heard).score < kNotHeard);
}

/** Bytes that the page has sent to other people so far, by the browser's own count. @param {Person} person */
async function bytesSent(person) {
  return person.page.evaluate(async () => {
    let bytes = 0;
    for (const connection of /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).connectionsMade)) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === 'candidate-pair' && report.nominated) bytes += report.bytesSent ?? 0;
      }
    }
    return bytes;
  });
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'volume_and_silence_for_one_person_change_what_is_heard_and_are_remembered',
    seats: [{ browser: 'chromium' }, { browser: 'chromium' }],
    async run(stage) {
      const { anna, ben } = await two(stage, { rawMicrophone: true });
      const plain = await levelHeard(anna, ben);
      await ben.setRange('volume', -20);
      const quiet = await levelHeard(anna, ben);
      stage.notes.push(`0 dB: ${plain.toFixed(1)}, −20 dB: ${quiet.toFixed(1)}`);
      assert.ok(Math.abs(plain - quiet - 20) < 2, `−20 dB changed the level by ${(quiet - plain).toFixed(1)} dB`);
      await ben.click('silence');
      await isNotHeardBy(anna, ben);
      await ben.click('silence');

      await ben.page.reload({ waitUntil: 'load' });
      await ben.join();
      await Promise.all([anna.isWith([ben]), ben.isWith([anna])]);
      const again = await levelHeard(anna, ben);
      stage.notes.push(`after a reload: ${again.toFixed(1)}`);
      assert.ok(Math.abs(again - quiet) < 2, `the reload changed the level by ${(again - quiet).toFixed(1)} dB`);
    },
  },
  {
    name: 'silence_sends_nothing_and_key_m_mutes',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }],
    async run(stage) {
      const { anna, ben } = await two(stage);
      await isHeardBy(stage, anna, [ben], 'anna');
      await isHeardBy(stage, ben, [anna], 'ben');
      await Promise.all([anna.fallsSilent(), ben.fallsSilent()]);
      const silence = stage.isLong ? 10 : 3; // seconds
      const spoken = () => Promise.all([anna, ben].map(async (person) => (await person.stats()).node.framesSpoken));
      const before = await spoken();
      await (await ben.listen()).hear(silence);
      const sent = (await spoken()).map((count, i) => count - (before[i] ?? 0));
      stage.notes.push(`frames in ${silence} s of silence: ${sent.join(' and ')}`);
      assert.ok(sent.every((count) => count <= silence), `${silence} s of silence sent ${sent.join(' and ')} frames of ${50 * silence}`);

      await anna.page.keyboard.press('m');
      await until('the button shows it', async () => (await anna.attribute('mute', 'aria-pressed')) === 'true', { every: 30 });
      await until('Ben sees it', async () => (await ben.peer('Anna')).muted, { every: 50 });
      const [frames, bytes, began] = [(await anna.stats()).node.framesSpoken, await bytesSent(anna), Date.now()];
      await isNotHeardBy(anna, ben);
      const seconds = (Date.now() - began) / 1000;
      assert.equal((await anna.stats()).node.framesSpoken, frames, 'frames were sent while muted');
      const rate = ((await bytesSent(anna)) - bytes) / seconds;
      stage.notes.push(`${rate.toFixed(0)} bytes a second while muted`);
      assert.ok(rate < 1000, `${rate.toFixed(0)} bytes a second are more than beats and consent checks`);
      await anna.page.keyboard.press('m');
      await until('Ben sees it', async () => !(await ben.peer('Anna')).muted, { every: 50 });
      await isHeardBy(stage, anna, [ben], 'anna');
    },
  },
];
