// A sound card for one browser: a PulseAudio daemon of its own with two null sinks. What is played into `mic` comes out of
// the browser's microphone; what the browser plays goes to `speaker` and is recorded from its monitor.
//
//   paplay ──> sink mic ──monitor──remap-source──> microphone ──> browser ──> sink speaker ──monitor──> parec
//
// One daemon a browser, rather than one for all: each browser then simply uses the default devices, whatever it thinks of
// PULSE_SINK, and a card can have a rate of its own.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { realTime } from './priority.mjs';
import { end, run, start, temporaryFolder } from './processes.mjs';
import { until } from './until.mjs';
import { encodeWav } from './wav.mjs';

/** The rate at which the tests listen, whatever the card's own. */
export const kEarRate = 48000;
const kFrameBytes = 8; // left and right, 32-bit floats

export class SoundCard {
  /** @param {string} folder @param {import('node:child_process').ChildProcess} daemon @param {number} rate */
  constructor(folder, daemon, rate) {
    this.folder = folder;
    this.rate = rate;
    this.env = { PULSE_SERVER: `unix:${folder}/native`, PULSE_RUNTIME_PATH: folder, HOME: folder };
    this.daemon_ = daemon;
    this.clips_ = 0;
    /** @type {Set<Ear>} */
    this.ears_ = new Set();
  }

  /** @param {{ rate?: number, microphone?: boolean }} [options] */
  static async open({ rate = 48000, microphone = true } = {}) {
    const folder = await temporaryFolder('grove-sound-');
    const script = [
      `load-module module-native-protocol-unix auth-anonymous=1 socket=${folder}/native`,
      `load-module module-null-sink sink_name=speaker rate=${rate} channels=2`,
      `load-module module-null-sink sink_name=mic rate=${rate} channels=1`,
      // Chromium hides monitors, so the monitor is wrapped as a source of its own.
      ...(microphone
        ? ['load-module module-remap-source master=mic.monitor source_name=microphone source_properties=device.description=Microphone', 'set-default-source microphone']
        : []),
      'set-default-sink speaker',
    ];
    await writeFile(join(folder, 'card.pa'), script.join('\n') + '\n');
    await writeFile(join(folder, 'daemon.conf'), `default-sample-rate = ${rate}\nalternate-sample-rate = ${rate}\n`);
    const [program = '', ...args] = [
      ...realTime,
      ...['pulseaudio', '-n', '-F', join(folder, 'card.pa'), '--daemonize=no', '--exit-idle-time=-1', '--use-pid-file=no', '--realtime=no', '--high-priority=no', '--log-level=error'],
    ];
    const daemon = start(program, args, { env: { HOME: folder, PULSE_RUNTIME_PATH: folder, PULSE_CONFIG: join(folder, 'daemon.conf') } });
    const card = new SoundCard(folder, daemon, rate);
    await until('PulseAudio answers', async () => (await card.sinks_()).includes('mic'), { every: 50 });
    return card;
  }

  async close() {
    for (const ear of [...this.ears_]) await ear.close();
    await end(this.daemon_);
    await rm(this.folder, { recursive: true, force: true });
  }

  /**
   * Speaks into the microphone; resolves when the last sample has been played.
   * @param {Float32Array} mono at 48 kHz
   */
  async speak(mono) {
    const path = join(this.folder, `clip-${this.clips_++}.wav`);
    await writeFile(path, encodeWav(mono, kEarRate));
    const [program = '', ...args] = [...realTime, 'paplay'];
    await run(program, [...args, '--device=mic', '--latency-msec=60', path], { env: this.env });
    await rm(path);
  }

  /** Lays a wire from the speaker back into the microphone, as a loud speaker in a room would. */
  async loopBack() {
    const id = (await this.pactl_('load-module', 'module-loopback', 'source=speaker.monitor', 'sink=mic', 'latency_msec=30')).trim();
    return () => this.pactl_('unload-module', id);
  }

  /** Records what the speaker plays, until closed. */
  listen() {
    return this.ear_('speaker.monitor');
  }

  /** Records what reaches the microphone, until closed. */
  listenAtMicrophone() {
    return this.ear_('mic.monitor');
  }

  /** @param {string} source */
  async ear_(source) {
    const [program = '', ...args] = [...realTime, 'parec'];
    const child = start(
      program,
      [...args, `--device=${source}`, '--format=float32le', `--rate=${kEarRate}`, '--channels=2', '--latency-msec=20', '--raw'],
      { env: this.env, stdout: 'pipe' },
    );
    const ear = new Ear(child, () => this.ears_.delete(ear));
    this.ears_.add(ear);
    await until('the recorder runs', () => ear.samples > 0, { every: 20 });
    return ear;
  }

  async sinks_() {
    try {
      return await this.pactl_('list', 'short', 'sinks');
    } catch {
      return '';
    }
  }

  /** @param {...string} args */
  pactl_(...args) {
    return run('pactl', args, { env: this.env });
  }
}

/** A recorder. Its clock is the sound card's: positions are samples since it was opened. */
export class Ear {
  /** @param {import('node:child_process').ChildProcess} child @param {() => void} onClose */
  constructor(child, onClose) {
    this.child_ = child;
    this.onClose_ = onClose;
    /** @type {Buffer[]} */
    this.chunks_ = [];
    this.bytes_ = 0;
    child.stdout?.on('data', (/** @type {Buffer} */ bytes) => {
      this.chunks_.push(bytes);
      this.bytes_ += bytes.length;
    });
  }

  get samples() {
    return Math.floor(this.bytes_ / kFrameBytes);
  }

  /** What has been heard since `from`, by one ear or by both. @param {number} [from] @param {'both' | 'left' | 'right'} [side] */
  heard(from = 0, side = 'both') {
    const all = Buffer.concat(this.chunks_);
    if (this.chunks_.length > 1) this.chunks_ = [all];
    const count = Math.max(0, Math.floor(all.length / kFrameBytes) - from);
    const [left, right] = side === 'both' ? [0.5, 0.5] : side === 'left' ? [1, 0] : [0, 1];
    const out = new Float32Array(count);
    for (let i = 0; i < count; i++) {
      const at = (from + i) * kFrameBytes;
      out[i] = left * all.readFloatLE(at) + right * all.readFloatLE(at + 4);
    }
    return out;
  }

  /** Listens on for that long by the sound card's clock, and hands it back. @param {number} seconds */
  async hear(seconds) {
    const from = this.samples;
    const wanted = Math.round(seconds * kEarRate);
    await until(`${seconds} s were recorded`, () => this.samples - from >= wanted, { every: 20, timeout: seconds * 1000 + 20_000 });
    return this.heard(from).subarray(0, wanted);
  }

  async close() {
    this.onClose_();
    await end(this.child_);
  }
}
