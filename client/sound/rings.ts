// Pipes between threads, one writer and one reader each: PCM samples, and byte messages. Over a SharedArrayBuffer they
// are rings without locks; where the page is not cross-origin isolated, the same interface runs over a MessagePort
// (port_pipes.ts). A worklet imports this file: it uses nothing that an AudioWorkletGlobalScope lacks.

export interface PcmWriter {
  /** Takes all samples or, where there is no room for all, none. */
  write(samples: Float32Array): boolean;
  /** Samples that wait for the reader. */
  waiting(): number;
}

export interface PcmReader {
  /** Fills `into` from its start. Returns how many samples there were. */
  read(into: Float32Array): number;
  waiting(): number;
}

export interface MessageWriter {
  /** False: no room; nothing was written. */
  push(message: Uint8Array): boolean;
}

export interface MessageReader {
  /** The oldest message, or null. It belongs to the caller. */
  pop(): Uint8Array<ArrayBuffer> | null;
}

// Both counters run free and wrap at 2^32; capacity is a power of two, so that they wrap where the ring does.
// Each is written by one side only, after (never before) the bytes that it speaks of: Atomics.store and Atomics.load
// are sequentially consistent, which orders the plain writes around them.
const kWrite = 0;
const kRead = 1;
const kHeaderWords = 16; // a cache line, so that samples do not share one with the counters

/** @param capacity samples; rounded up to a power of two */
export function makePcmRing(capacity: number): SharedArrayBuffer {
  return new SharedArrayBuffer((kHeaderWords + powerOfTwo(capacity)) * 4);
}

export class PcmRing implements PcmWriter, PcmReader {
  private readonly counters: Int32Array;
  private readonly samples: Float32Array;
  private readonly mask: number;

  constructor(buffer: SharedArrayBuffer) {
    this.counters = new Int32Array(buffer, 0, kHeaderWords);
    this.samples = new Float32Array(buffer, kHeaderWords * 4);
    this.mask = this.samples.length - 1;
  }

  write(samples: Float32Array): boolean {
    const write = Atomics.load(this.counters, kWrite);
    if (samples.length > this.samples.length - this.waiting()) return false;
    const at = write & this.mask;
    const first = Math.min(samples.length, this.samples.length - at);
    this.samples.set(first === samples.length ? samples : samples.subarray(0, first), at);
    if (first < samples.length) this.samples.set(samples.subarray(first), 0);
    Atomics.store(this.counters, kWrite, (write + samples.length) | 0);
    return true;
  }

  read(into: Float32Array): number {
    const read = Atomics.load(this.counters, kRead);
    const count = Math.min(into.length, this.waiting());
    const at = read & this.mask;
    const first = Math.min(count, this.samples.length - at);
    into.set(this.samples.subarray(at, at + first));
    if (first < count) into.set(this.samples.subarray(0, count - first), first);
    Atomics.store(this.counters, kRead, (read + count) | 0);
    return count;
  }

  waiting(): number {
    return (Atomics.load(this.counters, kWrite) - Atomics.load(this.counters, kRead)) >>> 0;
  }
}

/** @param capacity bytes, each message takes its length rounded up to 4, and 4 more; rounded up to a power of two */
export function makeMessageRing(capacity: number): SharedArrayBuffer {
  return new SharedArrayBuffer(kHeaderWords * 4 + powerOfTwo(Math.max(capacity, 16)));
}

export class MessageRing implements MessageWriter, MessageReader {
  private readonly counters: Int32Array;
  private readonly lengths: Int32Array; // the same memory as `bytes`, seen as words
  private readonly bytes: Uint8Array;
  private readonly mask: number;

  constructor(buffer: SharedArrayBuffer) {
    this.counters = new Int32Array(buffer, 0, kHeaderWords);
    this.lengths = new Int32Array(buffer, kHeaderWords * 4);
    this.bytes = new Uint8Array(buffer, kHeaderWords * 4);
    this.mask = this.bytes.length - 1;
  }

  push(message: Uint8Array): boolean {
    const write = Atomics.load(this.counters, kWrite);
    const used = (write - Atomics.load(this.counters, kRead)) >>> 0;
    const taken = 4 + roundUp4(message.length);
    if (taken > this.bytes.length - used) return false;
    this.lengths[(write & this.mask) >> 2] = message.length;
    const at = (write + 4) & this.mask;
    const first = Math.min(message.length, this.bytes.length - at);
    this.bytes.set(message.subarray(0, first), at);
    this.bytes.set(message.subarray(first), 0);
    Atomics.store(this.counters, kWrite, (write + taken) | 0);
    return true;
  }

  pop(): Uint8Array<ArrayBuffer> | null {
    const read = Atomics.load(this.counters, kRead);
    if (read === Atomics.load(this.counters, kWrite)) return null;
    const length = this.lengths[(read & this.mask) >> 2] ?? 0;
    const message = new Uint8Array(length);
    const at = (read + 4) & this.mask;
    const first = Math.min(length, this.bytes.length - at);
    message.set(this.bytes.subarray(at, at + first));
    message.set(this.bytes.subarray(0, length - first), first);
    Atomics.store(this.counters, kRead, (read + 4 + roundUp4(length)) | 0);
    return message;
  }
}

function roundUp4(bytes: number): number {
  return (bytes + 3) & ~3;
}

function powerOfTwo(atLeast: number): number {
  return 2 ** Math.ceil(Math.log2(atLeast));
}
