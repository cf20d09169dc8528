// One stage being run: starts commands, keeps their output in the stage's log, and shows that something happens.
import { spawn } from 'node:child_process';
import { appendFileSync, writeFileSync } from 'node:fs';

const kLive = process.stdout.isTTY;
const kTick = kLive ? 300 : 30_000; // ms between two signs of life

/** @param {number} start */
export const secondsSince = (start) => ((Date.now() - start) / 1000).toFixed(1);

export class StageRun {
  /** @param {string} name @param {{ fuzzSeconds: number, soak: number, names: string[] }} options */
  constructor(name, options) {
    this.name = name;
    this.options = options;
    this.log = `build/logs/test-${name}.log`;
    /** @type {string[]} */
    this.notes = [];
    this.start_ = Date.now();
    this.last_ = '';
    writeFileSync(this.log, '');
    this.ticker_ = setInterval(() => this.tick_(), kTick);
  }

  /** @param {string} text */
  note(text) {
    this.notes.push(text);
  }

  /**
   * @param {string} program @param {string[]} args
   * @param {{ env?: Record<string, string>, show?: RegExp }} [options] show: lines that the user sees at once
   * @returns {Promise<{ output: string, code: number }>}
   */
  command(program, args, options = {}) {
    appendFileSync(this.log, `$ ${program} ${args.join(' ')}\n`);
    const child = spawn(program, args, { env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let line = '';
    /** @param {string} text */
    const take = (text) => {
      output += text;
      appendFileSync(this.log, text);
      const lines = (line + text).split('\n');
      line = lines.pop() ?? '';
      for (const one of lines) {
        if (one.trim()) this.last_ = one;
        if (options.show?.test(one)) this.print(`    ${one}`);
      }
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => {
        if (signal) take(`ended by ${signal}\n`);
        resolve({ output, code: code ?? 1 });
      });
    });
  }

  /** @param {string} text */
  print(text) {
    console.log(`${kLive ? '\r\x1b[K' : ''}${text}`);
  }

  close() {
    clearInterval(this.ticker_);
    if (kLive) process.stdout.write('\r\x1b[K');
  }

  tick_() {
    const text = `  … ${this.name} ${secondsSince(this.start_)} s  ${this.last_.replace(/[\x00-\x1f]/g, ' ').slice(0, 90)}`;
    if (kLive) process.stdout.write(`\r\x1b[K${text}`);
    else console.log(text);
  }
}
