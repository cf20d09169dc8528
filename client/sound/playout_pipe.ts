// The pipe from the engine to the sound card, with a gauge: its reader, a worklet, notes what it missed and how little was
// left after each of its calls, and the writer steers its lead by that (lead_policy.ts).
import { Bell } from './bell.ts';
import { PortPcmReader, type PipeEnd } from './pipes.ts';
import { PcmRing, type PcmReader, type PcmWriter } from './rings.ts';

export interface Gauge {
  quantum: number; // samples of the last call
  read: number; // samples since the start, modulo 2^32
  underruns: number; // calls that found too few samples, since the pipe was first full
  missing: number; // samples missing in them
  lowWater: number; // the fewest samples left after a call since the gauge was last taken; kUnknown: no call
}

export const kUnknown = 0x7fffffff;

/** `gauge`: beside the ring; over a port the gauge comes back in messages. */
export type PlayoutEnd = { pipe: PipeEnd; gauge: SharedArrayBuffer | null };

export interface PlayoutWriter extends PcmWriter {
  takeGauge(): Gauge;
}

export function makeGauge(): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(kGaugeWords * 4);
  new Int32Array(buffer)[kLowWater] = kUnknown;
  return buffer;
}

export function openPlayoutWriter(end: PlayoutEnd, onGauge: () => void): PlayoutWriter {
  if (end.pipe.kind === 'port') return new PortPlayoutWriter(end.pipe.port, onGauge);
  return new SharedPlayoutWriter(new PcmRing(end.pipe.ring), sharedWords(end));
}

/** What the worklet reads; every read is noted in the gauge and wakes the writer. */
export function openPlayoutReader(end: PlayoutEnd): PcmReader {
  if (end.pipe.kind === 'port') {
    const port = end.pipe.port;
    const words = new Int32Array(kGaugeWords);
    words[kLowWater] = kUnknown;
    return new GaugedReader(new PortPcmReader(port, () => undefined), words, () => {
      port.postMessage(words.slice());
      words[kLowWater] = kUnknown;
    });
  }
  const bell = end.pipe.bell && new Bell(end.pipe.bell);
  return new GaugedReader(new PcmRing(end.pipe.ring), sharedWords(end), () => bell?.strike());
}

const kQuantum = 0;
const kUnderruns = 1;
const kMissing = 2;
const kLowWater = 3;
const kTotalRead = 4;
const kGaugeWords = 8;

function sharedWords(end: PlayoutEnd): Int32Array {
  if (!end.gauge) throw new Error('a ring for playout comes with a gauge');
  return new Int32Array(end.gauge);
}

class GaugedReader implements PcmReader {
  private primed = false;

  constructor(
    private readonly source: PcmReader,
    private readonly words: Int32Array,
    private readonly onRead: () => void,
  ) {}

  read(into: Float32Array): number {
    const got = this.source.read(into);
    const words = this.words;
    Atomics.store(words, kQuantum, into.length);
    Atomics.add(words, kTotalRead, got);
    this.primed ||= got === into.length;
    if (this.primed) {
      if (got < into.length) {
        Atomics.add(words, kUnderruns, 1);
        Atomics.add(words, kMissing, into.length - got);
      }
      Atomics.store(words, kLowWater, Math.min(Atomics.load(words, kLowWater), this.source.waiting()));
    }
    this.onRead();
    return got;
  }

  waiting(): number {
    return this.source.waiting();
  }
}

class SharedPlayoutWriter implements PlayoutWriter {
  constructor(
    private readonly ring: PcmRing,
    private readonly words: Int32Array,
  ) {}
  write(samples: Float32Array): boolean {
    return this.ring.write(samples);
  }
  waiting(): number {
    return this.ring.waiting();
  }
  takeGauge(): Gauge {
    return readGauge(this.words, Atomics.exchange(this.words, kLowWater, kUnknown));
  }
}

class PortPlayoutWriter implements PlayoutWriter {
  private written = 0;
  private words = new Int32Array(kGaugeWords);
  private lowWater = kUnknown;

  constructor(
    private readonly port: MessagePort,
    onGauge: () => void,
  ) {
    port.onmessage = (event: MessageEvent<Int32Array<ArrayBuffer>>) => {
      this.words = event.data;
      this.lowWater = Math.min(this.lowWater, event.data[kLowWater] ?? kUnknown);
      onGauge();
    };
  }
  write(samples: Float32Array): boolean {
    const copy = samples.slice();
    this.written = (this.written + copy.length) | 0;
    this.port.postMessage(copy, [copy.buffer]);
    return true;
  }
  waiting(): number {
    return (this.written - (this.words[kTotalRead] ?? 0)) >>> 0;
  }
  takeGauge(): Gauge {
    const lowWater = this.lowWater;
    this.lowWater = kUnknown;
    return readGauge(this.words, lowWater);
  }
}

function readGauge(words: Int32Array, lowWater: number): Gauge {
  return {
    quantum: Atomics.load(words, kQuantum),
    read: Atomics.load(words, kTotalRead) >>> 0,
    underruns: Atomics.load(words, kUnderruns) >>> 0,
    missing: Atomics.load(words, kMissing) >>> 0,
    lowWater,
  };
}
