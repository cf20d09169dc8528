// The harness tried without Grove: a page that sends its microphone straight to its speaker. If this fails, the machine or the
// harness is at fault, not the product. (A plain WebRTC call is no better yardstick: for seconds after its start it plays a
// quarter faster than was spoken, to get rid of what gathered while the sound card started.)
import assert from 'node:assert/strict';
import http from 'node:http';

import { correlate } from './correlate.mjs';
import { kNotHeard } from './person.mjs';
import { freePort } from './server.mjs';
import { say } from './speech.mjs';
import { until } from './until.mjs';

/** @typedef {import('./stage.mjs').Test} Test */
/** @typedef {import('./stage.mjs').Stage} Stage */

const kPage = `<!doctype html><title>harness</title><button data-testid="go">go</button><script>
  document.querySelector('button').onclick = async () => {
    const context = new AudioContext();
    const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
    context.createMediaStreamSource(await navigator.mediaDevices.getUserMedia({ audio })).connect(context.destination);
    await context.resume();
    window.grove = { context };
  };
</script>`;

/** @param {Stage} stage */
async function loop(stage) {
  const port = await freePort();
  const server = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(kPage));
  await new Promise((resolve) => server.listen(port, () => resolve(null)));
  stage.atEnd(() => new Promise((resolve) => server.close(resolve)));
  const [anna, ben] = [await say('anna'), await say('ben')];
  await Promise.all(
    stage.seats.map(async (seat, at) => {
      const person = await stage.visit(at, `Person${at}`, `http://localhost:${port}/`);
      await person.click('go');
      const running = () => person.page.evaluate(() => /** @type {any} */ (window).grove?.context.currentTime > 0.2);
      await until('sound runs', running, { every: 50 });
      const ear = await person.listen();
      const from = ear.samples;
      await person.speak(anna);
      const match = await person.hears(anna, from);
      stage.notes.push(`${seat.name} ${seat.card.rate} Hz: ${match.score.toFixed(2)}`);
      assert.ok(match.worst > 0.8, `a hole in a sound that nothing spoils: ${match.pieces}`);
      assert.ok(Math.abs(match.gainDb) < 1, `the loop changes the level by ${match.gainDb} dB`);
      const wrong = correlate(ben, ear.heard(from));
      assert.ok(wrong.score < kNotHeard, `heard a sentence that nobody said: ${wrong.score}`);
    }),
  );
}

/** @type {Test[]} */
export const tests = [
  {
    name: 'harness_hears_what_goes_through_a_browser_and_nothing_else',
    seats: [{ browser: 'chromium' }, { browser: 'firefox' }, { browser: 'chromium', rate: 44100 }],
    run: loop,
  },
];
