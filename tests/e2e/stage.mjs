// What a test stands on: browsers, the server, the people that it brings in. Whatever it opened is closed at its end.
import { mkdirSync, writeFileSync } from 'node:fs';

import { Person } from './person.mjs';
import { newRoom } from './room_link.mjs';
import { Server } from './server.mjs';
import { kEarRate } from './sound_card.mjs';
import { encodeWav } from './wav.mjs';

/** @typedef {import('./browsers.mjs').Seat} Seat */
/** @typedef {{ name: string, seats: import('./seat_pool.mjs').Wish[], timeout?: number, isHeavy?: boolean, run: (stage: Stage) => Promise<void> }} Test timeout: in ms; heavy: run only by name, or with --long */
/** @typedef {{ isLong: boolean, artefacts: string, server: () => Promise<Server>, reseat: (at: number) => Promise<void> }} House what a test gets from the run */

export class Stage {
  /** @param {string} name @param {Seat[]} seats @param {House} house */
  constructor(name, seats, house) {
    this.name = name;
    this.seats = seats;
    /** Whether to do at length what a short form is enough for on most days: run.mjs --long. */
    this.isLong = house.isLong;
    /** @type {string[]} shown beside the result: what was measured */
    this.notes = [];
    this.house_ = house;
    /** @type {Person[]} */
    this.people = [];
    /** @type {(() => Promise<unknown>)[]} */
    this.endings_ = [];
  }

  /** @param {number} at */
  seat(at) {
    const seat = this.seats[at];
    if (!seat) throw new Error(`${this.name} has no seat ${at}`);
    return seat;
  }

  /** The server that tests share; its rooms do not know of each other. */
  server() {
    return this.house_.server();
  }

  /** A server of this test's own, to be killed. */
  async ownServer() {
    const server = await Server.open();
    this.atEnd(() => server.close());
    return server;
  }

  /** A link to a fresh room on the shared server. @param {number} [fanOut] */
  async room(fanOut) {
    return newRoom((await this.server()).origin, fanOut);
  }

  /**
   * Somebody opens the link and joins.
   * @param {number} seat
   * @param {string} name
   * @param {string} link
   * @param {import('./person.mjs').EnterOptions} [options]
   */
  async enter(seat, name, link, options) {
    const person = await this.visit(seat, name, link);
    await person.join(options);
    return person;
  }

  /**
   * One for each seat; two at a time, since on two cores more would only wait for each other.
   * @param {string} link
   * @param {readonly string[]} names
   * @param {import('./person.mjs').EnterOptions} [options]
   */
  async enterAll(link, names, options) {
    /** @type {Person[]} */
    const people = [];
    const waiting = names.map((name, seat) => ({ name, seat }));
    const lane = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) people[next.seat] = await this.enter(next.seat, next.name, link, options);
    };
    await Promise.all([lane(), lane()]);
    return people;
  }

  /** Somebody opens the link and looks at the page. @param {number} seat @param {string} name @param {string} link */
  async visit(seat, name, link) {
    const person = await Person.open(this.seat(seat), name);
    this.people.push(person);
    await person.goto(link);
    return person;
  }

  /** Ends somebody's browser as a crash or a power cut would, with all that belongs to it: no goodbye to anybody. @param {Person} person */
  async kill(person) {
    this.people.splice(this.people.indexOf(person), 1);
    await person.die();
  }

  /** A new browser, of the same kind, in the place of one that was killed. @param {number} at */
  reseat(at) {
    return this.house_.reseat(at);
  }

  /** @param {() => Promise<unknown>} ending */
  atEnd(ending) {
    this.endings_.push(ending);
  }

  folder() {
    const folder = `${this.house_.artefacts}/${this.name}`;
    mkdirSync(folder, { recursive: true });
    return folder;
  }

  /** @param {string} name @param {Float32Array} samples */
  keepSound(name, samples) {
    writeFileSync(`${this.folder()}/${name}.wav`, encodeWav(samples, kEarRate));
  }

  /** After a failure: what everybody saw, heard and logged. */
  async keepEverything() {
    for (const person of this.people) {
      const stem = `${this.folder()}/${person.name}-${person.seat.name}`;
      writeFileSync(`${stem}.log`, person.log.join('\n') + '\n');
      for (const [what, ear] of person.ears_) writeFileSync(`${stem}-${what}.wav`, encodeWav(ear.heard(), kEarRate));
      await person.page.screenshot({ path: /** @type {`${string}.png`} */ (`${stem}.png`) }).catch(() => {});
      const state = await person.describe().catch((error) => String(error));
      writeFileSync(`${stem}.json`, state + '\n');
    }
  }

  async close() {
    for (const person of this.people) await person.close().catch(() => {});
    for (const ending of this.endings_.reverse()) await ending();
  }
}
