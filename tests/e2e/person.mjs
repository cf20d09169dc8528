// Somebody at a browser. Does what users do by the app's data-testid hooks, and sees what users see.
import { correlate } from './correlate.mjs';
import { until } from './until.mjs';

/** @typedef {import('./browsers.mjs').Seat} Seat */
/** @typedef {import('./sound_card.mjs').Ear} Ear */
/** @typedef {import('../../client/stats.ts').RoomStats} RoomStats */
/** @typedef {{ listenOnly?: boolean, rawMicrophone?: boolean }} EnterOptions */
/** @typedef {{ id: string, name: string, speaking: boolean, muted: boolean, link: string }} SeenPeer */

// Right sentences score about 0.95 through Opus and all, 0.66 when a machine at load 20 squeezes the first syllables; wrong
// ones reach 0.4 (measured; correlate.test.mjs).
export const kHeard = 0.6;
export const kNotHeard = 0.5;
// No piece of 0.6 s may be worse in a sound that lost nothing: one that was swallowed has 0.15 or less, one in which a jitter
// buffer guessed while it waited 0.3 and more (measured).
export const kPieceHeard = 0.25;

export class Person {
  /** @param {Seat} seat @param {string} name @param {import('puppeteer-core').BrowserContext} context @param {import('puppeteer-core').Page} page */
  constructor(seat, name, context, page) {
    this.seat = seat;
    this.name = name;
    this.page = page;
    /** @type {string[]} what the page wrote to its console */
    this.log = [];
    /** @type {Map<string, Ear>} */
    this.ears_ = new Map();
    this.context_ = context;
    page.on('console', (message) => this.log.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => this.log.push(`page error: ${error instanceof Error ? error.message : String(error)}`));
  }

  /** @param {Seat} seat @param {string} name @param {import('puppeteer-core').BrowserContext} [context] of another tab of the same person */
  static async open(seat, name, context) {
    const own = context ?? (await seat.browser.createBrowserContext());
    const page = await own.newPage();
    page.setDefaultTimeout(30_000);
    // So that a test can ask the browser itself what was sent; the connections are the page's own.
    await page.evaluateOnNewDocument(() => {
      const Real = RTCPeerConnection;
      /** @type {RTCPeerConnection[]} */
      const made = [];
      Object.assign(window, {
        connectionsMade: made,
        RTCPeerConnection: new Proxy(Real, {
          construct(target, args) {
            const connection = new target(...args);
            made.push(connection);
            return connection;
          },
        }),
      });
    });
    await page.setViewport({ width: 1100, height: 800 });
    return new Person(seat, name, own, page);
  }

  /** The browser context, for a second tab. */
  get context() {
    return this.context_;
  }

  /** @param {string} link */
  async goto(link) {
    await this.page.goto(link, { waitUntil: 'load' });
  }

  // --- what users do ---------------------------------------------------------------------------------------------------

  /** @param {EnterOptions} [options] */
  async join({ listenOnly = false, rawMicrophone = false } = {}) {
    await this.appears('join');
    await this.type('name', this.name);
    if (listenOnly) {
      await this.click('listen-only');
    } else {
      // The page looks for the microphone by itself where the browser has allowed it already.
      const known = async () => (await this.sees('mic-level')) || (await this.sees('mic-problem'));
      await until(`${this.name} is asked for the microphone`, async () => (await this.sees('mic-check')) || (await known()), { every: 50 });
      if (await this.sees('mic-check')) await this.click('mic-check');
      await until(`${this.name} sees the microphone's level`, known, { every: 50, detail: () => this.describe() });
    }
    await this.click('join');
    const arrived = async () => {
      if (await this.sees('join-problem')) throw new Error(`${this.name} cannot join: ${await this.reads('join-problem')}\n${this.log.join('\n')}`);
      return this.sees('room');
    };
    await until(`${this.name} is in the room`, arrived, { timeout: 30_000, every: 50, detail: () => this.describe() });
    if (rawMicrophone) await this.useMicrophone({ echoCancellation: false, noiseSuppression: false, autoGainControl: false });
    else if (await this.page.evaluate(() => /** @type {any} */ (window).grove.room.me.microphone === 'live')) await this.microphoneDelivers();
  }

  /**
   * Hums softly until the room sees it: Firefox hands out a microphone up to a second before the first sound comes from it
   * (measured), and what is said meanwhile is said to nobody.
   */
  async microphoneDelivers() {
    const hum = Float32Array.from({ length: 9600 }, (_, i) => 0.02 * Math.sin((2 * Math.PI * 300 * i) / 48000));
    let seen = false;
    const watching = this.page.evaluate(
      () =>
        new Promise((resolve) => {
          const room = /** @type {any} */ (window).grove.room;
          const look = () => {
            if (room.me.level <= -65) return;
            room.removeEventListener('levels', look);
            resolve(true);
          };
          room.addEventListener('levels', look);
        }),
    );
    watching.then(() => (seen = true)).catch(() => {}); // the page may close before
    const humOnce = async () => {
      await this.seat.card.speak(hum);
      return seen;
    };
    await until(`${this.name}'s microphone delivers`, humOnce, { every: 0, detail: () => this.describe() });
  }

  /** Clicks once the element rests: a page that is still arranging itself puts something else under the mouse. @param {string} id */
  async click(id) {
    await this.press_(await this.element_(id));
  }

  /** The same on somebody's card. @param {string} name @param {string} id */
  async clickOnCard(name, id) {
    const element = await this.page.waitForSelector(`[data-testid="peer"][data-name="${name}"] [data-testid="${id}"]`);
    if (!element) throw new Error(`${this.name} finds no ${id} on the card of ${name}`);
    await this.press_(element);
  }

  /** @param {import('puppeteer-core').ElementHandle<Element>} element */
  async press_(element) {
    await element.evaluate(async (node) => {
      let before = '';
      for (let still = 0; still < 3; ) {
        await new Promise(requestAnimationFrame);
        const { x, y, width, height } = node.getBoundingClientRect();
        const now = [x, y, width, height].join();
        still = now === before && width > 0 ? still + 1 : 0;
        before = now;
      }
    });
    await element.click();
  }

  /** @param {string} id @param {string} text */
  async type(id, text) {
    const value = async () => (await this.element_(id)).evaluate((node) => /** @type {HTMLInputElement} */ (node).value);
    await until(
      `${id} says ${text}`,
      async () => {
        await this.click(id);
        await (await this.element_(id)).click({ count: 3 });
        await this.page.keyboard.type(text);
        return (await value()) === text;
      },
      { every: 200, detail: value },
    );
  }

  /** Writes into the open chat. @param {readonly string[]} lines */
  async write(...lines) {
    await this.click('chat-text');
    for (const [at, line] of lines.entries()) {
      if (at > 0) {
        await this.page.keyboard.down('Shift');
        await this.page.keyboard.press('Enter');
        await this.page.keyboard.up('Shift');
      }
      await this.page.keyboard.type(line);
    }
    await this.page.keyboard.press('Enter');
  }

  /** Moves a slider, as a hand would: by its value and its events. @param {string} id @param {number} value */
  async setRange(id, value) {
    await (await this.element_(id)).evaluate((node, to) => {
      /** @type {any} */ (node).value = to;
      for (const type of ['input', 'change']) node.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
    }, value);
  }

  /** Takes the microphone with other processing, as the sound settings do. @param {MediaTrackConstraints} constraints */
  async useMicrophone(constraints) {
    await this.page.evaluate(async (audio) => {
      const scope = /** @type {any} */ (window);
      for (const track of scope.takenMicrophone?.getTracks() ?? []) track.stop();
      scope.takenMicrophone = await navigator.mediaDevices.getUserMedia({ audio });
      await scope.grove.room.setMicrophone(scope.takenMicrophone);
    }, constraints);
    await this.microphoneDelivers();
  }

  /** Only listens from now on. */
  async dropMicrophone() {
    await this.page.evaluate(() => {
      const scope = /** @type {any} */ (window);
      scope.grove.room.setMicrophone(null);
      for (const track of scope.takenMicrophone?.getTracks() ?? []) track.stop();
    });
  }

  /** Speaks a sentence; resolves when it is said. @param {Float32Array} sentence */
  async speak(sentence) {
    await this.seat.card.speak(sentence);
  }

  /** Looks away: nothing is drawn any more, which is a fifth of what a person costs (measured). Everything else goes on. */
  async looksAway() {
    await this.page.evaluate(() => void (document.body.style.display = 'none'));
  }

  async leave() {
    await this.click('leave');
  }

  /** Their whole browser is killed. */
  async die() {
    this.seat.kill();
    for (const ear of this.ears_.values()) await ear.close();
    this.ears_.clear();
  }

  async close() {
    for (const ear of this.ears_.values()) await ear.close();
    this.ears_.clear();
    if (!this.page.isClosed()) await this.page.close().catch(() => {});
    await this.context_.close().catch(() => {});
  }

  // --- what users see --------------------------------------------------------------------------------------------------

  /** @param {string} id @returns {Promise<import('puppeteer-core').ElementHandle<Element>>} */
  async element_(id) {
    const element = await this.page.waitForSelector(`>>> [data-testid="${id}"]`);
    if (!element) throw new Error(`${this.name} finds no ${id}`);
    return element;
  }

  /** @param {string} id */
  async sees(id) {
    const element = await this.page.$(`>>> [data-testid="${id}"]`);
    if (!element) return false;
    const visible = await element.isVisible();
    await element.dispose();
    return visible;
  }

  /** @param {string} id @param {number} [timeout] */
  async appears(id, timeout = 30_000) {
    await until(`${this.name} sees ${id}`, () => this.sees(id), { timeout, every: 50, detail: () => this.describe() });
  }

  /** The words of an element and all in it, shadow roots too. @param {string} id */
  async reads(id) {
    const element = await this.element_(id);
    return element.evaluate((node) => /** @type {HTMLElement} */ (node).innerText || (node.textContent ?? ''));
  }

  /** @param {string} id @param {string} name */
  async attribute(id, name) {
    return (await this.element_(id)).evaluate((node, key) => node.getAttribute(key), name);
  }

  /** @returns {Promise<SeenPeer[]>} */
  async peers() {
    const elements = await this.page.$$('>>> [data-testid="peer"]');
    const peers = await Promise.all(
      elements.map((element) =>
        element.evaluate((node) => {
          const data = /** @type {HTMLElement} */ (node).dataset;
          return {
            id: data['peerId'] ?? '',
            name: data['name'] ?? '',
            speaking: data['speaking'] === 'true',
            muted: data['muted'] === 'true',
            link: data['link'] ?? '',
          };
        }),
      ),
    );
    await Promise.all(elements.map((element) => element.dispose()));
    return peers;
  }

  /** What stands in the open chat, as its reader sees it. @returns {Promise<string[]>} */
  async messages() {
    return this.page.$$eval('[data-testid="chat-message"]', (all) => all.map((node) => {
      const by = node.closest('.chat-group')?.querySelector('.chat-by b')?.textContent ?? '';
      return `${by}: ${node.textContent ?? ''}`;
    }));
  }

  /** @param {readonly string[]} expected @param {number} [timeout] */
  async readsInChat(expected, timeout = 10_000) {
    const same = async () => JSON.stringify(await this.messages()) === JSON.stringify(expected);
    await until(`${this.name} reads ${JSON.stringify(expected)}`, same, { timeout, every: 50, detail: async () => JSON.stringify(await this.messages()) });
  }

  /** Waits until these people, and nobody else, are connected. @param {readonly (Person | string)[]} people @param {number} [timeout] */
  async isWith(people, timeout = 40_000) {
    const names = people.map((person) => (typeof person === 'string' ? person : person.name)).sort();
    await until(
      `${this.name} is with ${names.join(' and ') || 'nobody'}`,
      async () => {
        const peers = await this.peers().catch(() => []);
        return JSON.stringify(peers.map((peer) => peer.name).sort()) === JSON.stringify(names) && peers.every((peer) => peer.link === 'connected');
      },
      { timeout, every: 50, detail: () => this.describe() },
    );
  }

  /** @param {string} name @returns {Promise<SeenPeer>} */
  async peer(name) {
    const peer = (await this.peers()).find((one) => one.name === name);
    if (!peer) throw new Error(`${this.name} does not see ${name}`);
    return peer;
  }

  // --- what users hear -------------------------------------------------------------------------------------------------

  /** Opens this person's ears: what their speaker plays, from now on. @returns {Promise<Ear>} */
  async listen() {
    return this.ear_('heard', () => this.seat.card.listen());
  }

  /** @param {string} what @param {() => Promise<Ear>} open */
  async ear_(what, open) {
    let ear = this.ears_.get(what);
    if (!ear) this.ears_.set(what, (ear = await open()));
    return ear;
  }

  /**
   * Waits until what was heard since `from` contains the sentence.
   * @param {Float32Array} sentence
   * @param {number} from position in the ear
   * @param {{ threshold?: number, timeout?: number }} [options]
   */
  async hears(sentence, from, { threshold = kHeard, timeout = 8_000 } = {}) {
    const ear = await this.listen();
    let match = correlate(sentence, ear.heard(from));
    await until(
      `${this.name} has heard it`,
      () => (match = correlate(sentence, ear.heard(from))).score >= threshold,
      { timeout, every: 300, detail: () => `likeness ${match.score.toFixed(2)}, pieces ${match.pieces.map((piece) => piece.toFixed(2)).join(' ')}` },
    );
    // The last piece may still be on its way: listen on while that makes the match better.
    for (;;) {
      await ear.hear(0.4);
      const longer = correlate(sentence, ear.heard(from));
      if (longer.score < match.score + 0.01) return longer;
      match = longer;
    }
  }

  // --- what developers see ---------------------------------------------------------------------------------------------

  async id() {
    return this.page.evaluate(() => /** @type {string} */ (/** @type {any} */ (window).grove.room.me.id));
  }

  /** @returns {Promise<RoomStats>} */
  async stats() {
    return this.page.evaluate(() => /** @type {any} */ (window).grove.room.stats());
  }

  /** Waits until no frame has left for half a second: the gate is shut. */
  async fallsSilent() {
    let last = -1;
    const isSame = async () => {
      const { framesSpoken } = (await this.stats()).node;
      const same = framesSpoken === last;
      last = framesSpoken;
      return same;
    };
    await until(`${this.name} sends nothing more`, isSame, { every: 500, timeout: 15_000 });
  }

  async describe() {
    return this.page.evaluate(async () => {
      const room = /** @type {any} */ (window).grove?.room;
      if (!room) return `no room; the page says: ${document.body.innerText.replace(/\s+/g, ' ').slice(0, 600)}`;
      const pick = (/** @type {any} */ peer) => ({ id: peer.id, name: peer.name, link: peer.link, rttMs: peer.rttMs, level: peer.level, speaking: peer.speaking });
      const late = new Promise((resolve) => setTimeout(() => resolve('no answer'), 2000));
      const [stats, trees] = await Promise.all([room.stats(), room.trees()].map((answer) => Promise.race([answer, late]).catch(String)));
      return JSON.stringify({ isolated: room.isolated, rendezvous: room.rendezvous, me: room.me, peers: [...room.peers.values()].map(pick), stats, trees });
    });
  }
}
