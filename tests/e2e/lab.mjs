// A laboratory network (tests/netlab): hosts on this machine that see each other only through the simulator's Internet.
import { existsSync } from 'node:fs';

import { openSeat } from './browsers.mjs';
import { end, run, start } from './processes.mjs';
import { kAssets, kBinary, kRoot } from './server.mjs';
import { until } from './until.mjs';

const kNetlab = process.env['GROVE_NETLAB'] ?? `${kRoot}build/native/tests/netlab/grove-netlab`;
const kServerPort = 8080;
let labs = 0;

/** @typedef {{ address: string, outside: string, nat: string, serves: boolean, enter: string[] }} Host */

export class Lab {
  /** @param {string} name @param {Record<string, Host>} hosts @param {import('node:child_process').ChildProcess} child */
  constructor(name, hosts, child) {
    this.name = name;
    this.hosts = hosts;
    this.origin = `http://${Object.values(hosts).find((host) => host.serves)?.address}:${kServerPort}`;
    /** @type {import('node:child_process').ChildProcess[]} the last one started is the first to go */
    this.children_ = [child];
    /** @type {import('./browsers.mjs').Seat[]} */
    this.seats_ = [];
  }

  /** @param {string} topology a file of tests/netlab/topologies, without .json */
  static async open(topology) {
    if (!existsSync(kNetlab)) throw new Error(`${kNetlab} is missing: build first (tools/build netlab)`);
    const name = `e2e-${process.pid}-${labs++}`;
    const child = start(kNetlab, ['run', `${kRoot}tests/netlab/topologies/${topology}.json`, '--lab', name], { stdout: 'pipe', stderr: 'pipe' });
    const output = collect(child);
    // A machine that cannot do it fails the test, with the reason: nothing is skipped.
    await until('the laboratory network is up', () => says(output.text, /"netlab":"ready".*\n/, child), { every: 20 });
    const { hosts } = JSON.parse(output.text.split('\n').find((line) => line.startsWith('{')) ?? '{}');
    return new Lab(name, hosts, child);
  }

  /** @param {string} name */
  host(name) {
    const host = this.hosts[name];
    if (!host) throw new Error(`the laboratory has no host ${name}`);
    return host;
  }

  /** Starts the rendezvous server in its host, with a STUN server if people need one. @param {{ stun?: boolean }} [options] @returns {Promise<string>} the origin of the app */
  async serve({ stun = false } = {}) {
    const [name] = Object.entries(this.hosts).find(([, host]) => host.serves) ?? [''];
    const { address } = this.host(name);
    if (stun) await this.start_(name, /stun listens on/, [process.execPath, `${kRoot}tests/e2e/stun.mjs`, address]);
    const ice = stun ? ['--ice', `stun:${address}:3478`] : [];
    await this.start_(name, /grove-server listens on/, [kBinary, '--listen', address, '--port', `${kServerPort}`, '--assets', kAssets, ...ice]);
    return this.origin;
  }

  /** A program in a host. @param {string} host @param {RegExp} sign what it writes when it is ready @param {readonly string[]} words */
  async start_(host, sign, words) {
    const [program = '', ...args] = [...this.host(host).enter, ...words];
    const child = start(program, args, { stdout: 'pipe', stderr: 'pipe' });
    this.children_.push(child);
    const output = collect(child);
    await until(`${words[0]} is ready in ${host}`, () => says(output.text, sign, child), { every: 20 });
  }

  /**
   * A browser in a host. Chromium takes pages of plain http as trustworthy from this server only, and only here: elsewhere
   * they come from localhost. @param {string} host
   */
  async seat(host) {
    const seat = await openSeat('chromium', { within: this.host(host).enter, trusts: this.origin });
    this.seats_.push(seat);
    return seat;
  }

  /** Changes the network: 'cut A B', 'mend A B', 'kill A', 'revive A', 'loss PERCENT'. @param {...string} words */
  async tell(...words) {
    return (await run(kNetlab, ['ask', '--lab', this.name, ...words])).trim();
  }

  /** @returns {Promise<Record<string, number>>} packets, by what became of them */
  async packets() {
    return JSON.parse((await this.tell('stats')).replace(/^ok /, ''));
  }

  async close() {
    await Promise.all(this.seats_.map((seat) => seat.close()));
    for (const child of this.children_.reverse()) await end(child);
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function collect(child) {
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (bytes) => (output.text += bytes));
  return output;
}

/** @param {string} text @param {RegExp} sign @param {import('node:child_process').ChildProcess} child */
function says(text, sign, child) {
  if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it ended: ${text}`);
  return sign.test(text);
}
