// The ends of the pipes between threads. A PipeEnd travels in a start message; the thread that gets it opens it here.
// Worklets import this file: nothing in it may need more than an AudioWorkletGlobalScope has.
import { Bell } from './bell.ts';
import { MessageRing, PcmRing, type MessageReader, type MessageWriter, type PcmReader, type PcmWriter } from './rings.ts';

/** `bell`: struck by this end whenever the other end has something to do. */
export type PipeEnd =
  | { kind: 'ring'; ring: SharedArrayBuffer; bell: SharedArrayBuffer | null }
  | { kind: 'port'; port: MessagePort };

export function pipeTransfers(...ends: PipeEnd[]): MessagePort[] {
  return ends.flatMap((end) => (end.kind === 'port' ? [end.port] : []));
}

export function openPcmWriter(end: PipeEnd): PcmWriter {
  return end.kind === 'ring' ? new StrikingPcm(end) : new PortPcmWriter(end.port);
}

/** @param onArrival called where the pipe is a port; a ring's reader is woken by its bell */
export function openPcmReader(end: PipeEnd, onArrival: () => void): PcmReader {
  return end.kind === 'ring' ? new PcmRing(end.ring) : new PortPcmReader(end.port, onArrival);
}

export function openMessageWriter(end: PipeEnd): MessageWriter {
  return end.kind === 'ring' ? new StrikingMessages(end) : new PortMessageWriter(end.port);
}

export function openMessageReader(end: PipeEnd, onArrival: () => void): MessageReader {
  return end.kind === 'ring' ? new MessageRing(end.ring) : new PortMessageReader(end.port, onArrival);
}

type RingEnd = Extract<PipeEnd, { kind: 'ring' }>;

class StrikingPcm implements PcmWriter {
  private readonly ring: PcmRing;
  private readonly bell: Bell | null;

  constructor(end: RingEnd) {
    this.ring = new PcmRing(end.ring);
    this.bell = end.bell && new Bell(end.bell);
  }
  write(samples: Float32Array): boolean {
    const taken = this.ring.write(samples);
    this.bell?.strike();
    return taken;
  }
  waiting(): number {
    return this.ring.waiting();
  }
}

class StrikingMessages implements MessageWriter {
  private readonly ring: MessageRing;
  private readonly bell: Bell | null;

  constructor(end: RingEnd) {
    this.ring = new MessageRing(end.ring);
    this.bell = end.bell && new Bell(end.bell);
  }
  push(message: Uint8Array): boolean {
    const taken = this.ring.push(message);
    this.bell?.strike();
    return taken;
  }
}

// A port has no limit of its own: these give one, so that a stalled reader loses old sound and not the page's memory.
const kPortSamplesMax = 48000; // half a second of stereo at 48 kHz
const kPortMessagesMax = 512; // ten seconds of one voice

class PortPcmWriter implements PcmWriter {
  constructor(private readonly port: MessagePort) {}
  write(samples: Float32Array): boolean {
    const copy = samples.slice();
    this.port.postMessage(copy, [copy.buffer]);
    return true;
  }
  waiting(): number {
    return 0; // the reader takes all that there is whenever something arrives
  }
}

export class PortPcmReader implements PcmReader {
  private chunks: Float32Array[] = [];
  private samples = 0;

  constructor(port: MessagePort, onArrival: () => void) {
    port.onmessage = (event: MessageEvent<Float32Array>) => {
      this.chunks.push(event.data);
      this.samples += event.data.length;
      while (this.samples > kPortSamplesMax) this.samples -= this.chunks.shift()?.length ?? 0;
      onArrival();
    };
  }
  read(into: Float32Array): number {
    let count = 0;
    for (let chunk = this.chunks[0]; chunk && count < into.length; chunk = this.chunks[0]) {
      const part = chunk.subarray(0, into.length - count);
      into.set(part, count);
      count += part.length;
      if (part.length === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(part.length);
    }
    this.samples -= count;
    return count;
  }
  waiting(): number {
    return this.samples;
  }
}

class PortMessageWriter implements MessageWriter {
  constructor(private readonly port: MessagePort) {}
  push(message: Uint8Array): boolean {
    const copy = message.slice();
    this.port.postMessage(copy, [copy.buffer]);
    return true;
  }
}

class PortMessageReader implements MessageReader {
  private readonly messages: Uint8Array<ArrayBuffer>[] = [];

  constructor(port: MessagePort, onArrival: () => void) {
    port.onmessage = (event: MessageEvent<Uint8Array<ArrayBuffer>>) => {
      this.messages.push(event.data);
      if (this.messages.length > kPortMessagesMax) this.messages.shift();
      onArrival();
    };
  }
  pop(): Uint8Array<ArrayBuffer> | null {
    return this.messages.shift() ?? null;
  }
}
