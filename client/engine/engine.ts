// Main thread: starts the two Workers, lays the pipes between them and the sound card, and speaks with them in types.
import { GroveError } from '../errors.ts';
import { Bell, makeBell } from '../sound/bell.ts';
import { openMessageWriter, pipeTransfers, type PipeEnd } from '../sound/pipes.ts';
import { makeGauge, type PlayoutEnd } from '../sound/playout_pipe.ts';
import { makeMessageRing, makePcmRing, type MessageWriter } from '../sound/rings.ts';
import { encodeCommand, type AudioCommand, type FromAudio, type FromNetwork, type PeerBlock, type StartAudio, type ToNetwork } from './messages.ts';
import type { NodeConfig } from './node_module.ts';
import { compileWasm } from './wasm.ts';
import nodeUrl from '@grove/wasm/node.wasm?url';
import voiceUrl from '@grove/wasm/voice.wasm?url';

export interface EngineOptions {
  config: NodeConfig;
  rendezvous: string; // URL
  muted: boolean;
  blocks: readonly PeerBlock[];
  rate: number; // Hz, of the AudioContext
}

export interface EngineEvents {
  fromNetwork(message: FromNetwork): void;
  fromAudio(message: FromAudio): void;
  failed(error: GroveError): void; // a Worker did not load, or stopped; nothing comes after it
}

const kStartMaxMs = 20_000; // guess: a phone on a bad line that loads half a megabyte
const kCaptureSeconds = 0.7; // of one channel, for a Worker that the system kept from running
const kPlayoutSeconds = 0.17; // of two channels: twice what the engine is ever ahead
const kFrameRing = 1 << 16; // bytes: 10 s of one voice, or 0.2 s of fifty
const kCommandRing = 1 << 14; // bytes: 800 commands
const kGoodbyeSpinMs = 60; // guess: what a closing page may spend on a polite goodbye
const kGoodbyeBlindMs = 30; // where nobody can tell when it is out; leaving takes the network Worker 10 to 30 ms (measured)

export interface EngineModules {
  node: WebAssembly.Module;
  voice: WebAssembly.Module;
}

let compiled: Promise<EngineModules> | null = null;

/**
 * Fetches and compiles the WASM files, once for the page's life; a failure is forgotten, so that the next try asks the
 * server again.
 * @throws GroveError 'engine-failed'
 */
export function compileModules(): Promise<EngineModules> {
  compiled ??= Promise.all([compileWasm(nodeUrl), compileWasm(voiceUrl)]).then(
    ([node, voice]) => ({ node, voice }),
    (error: unknown) => {
      compiled = null;
      throw new GroveError('engine-failed', `WASM did not load: ${String(error)}`, { cause: error });
    },
  );
  return compiled;
}

export class Engine {
  /** For the sound card's nodes. */
  readonly capture: PipeEnd;
  readonly playout: PlayoutEnd;
  /** Resolves when both Workers run; rejects with GroveError 'engine-failed'. */
  readonly ready: Promise<void>;
  private readonly network = new Worker(new URL('./network_worker.ts', import.meta.url), {
    type: 'module',
    name: 'grove network',
  });
  private readonly audio = new Worker(new URL('./audio_worker.ts', import.meta.url), {
    type: 'module',
    name: 'grove audio',
  });
  private readonly commands: MessageWriter;
  private readonly backlog: Uint8Array[] = []; // commands that found no room
  private readonly gone: SharedArrayBuffer | null;

  constructor(
    modules: EngineModules,
    { config, rendezvous, muted, blocks, rate }: EngineOptions,
    events: EngineEvents,
  ) {
    this.ready = this.listen(events);
    const isolated = globalThis.crossOriginIsolated;
    const bells = isolated ? { audio: makeBell(), network: makeBell() } : null;
    const pcm = (samples: number, bell: SharedArrayBuffer | null): Pipe => makePipe(isolated && makePcmRing(samples), bell);
    const messages = (bytes: number, bell: SharedArrayBuffer | null): Pipe =>
      makePipe(isolated && makeMessageRing(bytes), bell);
    const bell = bells?.audio ?? null;
    const commands = messages(kCommandRing, bell);
    const capture = pcm(kCaptureSeconds * rate, bell);
    const playout = pcm(2 * kPlayoutSeconds * rate, bell);
    const heard = messages(kFrameRing, bell);
    const said = messages(kFrameRing, bells?.network ?? null);
    const gauge = isolated ? makeGauge() : null;
    const doorbell = new MessageChannel();
    this.gone = isolated ? new SharedArrayBuffer(4) : null;
    this.commands = openMessageWriter(commands.writer);
    this.capture = capture.writer;
    this.playout = { pipe: playout.reader, gauge };
    const startNetwork: ToNetwork = {
      kind: 'start',
      module: modules.node,
      config,
      rendezvous,
      muted,
      blocks,
      framesIn: said.reader,
      framesOut: heard.writer,
      doorbell: doorbell.port1,
      gone: this.gone,
    };
    const startAudio: StartAudio = {
      kind: 'start',
      module: modules.voice,
      rate,
      bell,
      commands: commands.reader,
      capture: capture.reader,
      playout: { pipe: playout.writer, gauge },
      framesIn: heard.reader,
      framesOut: said.writer,
      doorbell: doorbell.port2,
      doorbellNeeded: isolated && !Bell.canListen,
    };
    this.network.postMessage(startNetwork, [doorbell.port1, ...pipeTransfers(said.reader, heard.writer)]);
    this.audio.postMessage(startAudio, [
      doorbell.port2,
      ...pipeTransfers(commands.reader, capture.reader, playout.writer, heard.reader, said.writer),
    ]);
    if (muted) this.command({ kind: 'mute', peer: 0, value: 1 });
  }

  tell(message: ToNetwork, transfer: Transferable[] = []): void {
    this.network.postMessage(message, transfer);
  }

  command(command: AudioCommand): void {
    this.backlog.push(encodeCommand(command));
    this.flushCommands();
  }

  close(): void {
    this.network.terminate();
    this.audio.terminate();
  }

  /** For a page that is closing, which gets no more events: waits a moment for the goodbye to be out. */
  awaitGoodbye(): void {
    const gone = this.gone && new Int32Array(this.gone);
    const end = performance.now() + (gone ? kGoodbyeSpinMs : kGoodbyeBlindMs);
    while (performance.now() < end && !(gone && Atomics.load(gone, 0) === 1));
  }

  // A full ring means an audio Worker that does not run for a while; it reads again what stayed behind when it reports.
  private flushCommands(): void {
    while (this.backlog[0] && this.commands.push(this.backlog[0])) this.backlog.shift();
  }

  private listen(events: EngineEvents): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => {
        clearTimeout(timer);
        const error = new GroveError('engine-failed', reason);
        reject(error);
        events.failed(error);
      };
      const timer = setTimeout(() => fail('the Workers did not start in time'), kStartMaxMs);
      const awaited = new Set(['network', 'audio']);
      const arrive = (who: string): void => {
        awaited.delete(who);
        if (awaited.size > 0) return;
        clearTimeout(timer);
        resolve();
      };
      this.network.onerror = (event) => fail(`the network Worker did not load: ${event.message ?? ''}`);
      this.audio.onerror = (event) => fail(`the audio Worker did not load: ${event.message ?? ''}`);
      this.network.onmessage = ({ data }: MessageEvent<FromNetwork>) => {
        if (data.kind === 'failed') return fail(data.reason);
        events.fromNetwork(data);
        if (data.kind === 'self') arrive('network');
      };
      this.audio.onmessage = ({ data }: MessageEvent<FromAudio>) => {
        if (data.kind === 'failed') return fail(data.reason);
        this.flushCommands();
        events.fromAudio(data);
        if (data.kind === 'ready') arrive('audio');
      };
    });
  }
}

interface Pipe {
  writer: PipeEnd;
  reader: PipeEnd;
}

/** @param bell of the thread at the reading end; for playout at the writing end, whom the reader wakes */
function makePipe(ring: SharedArrayBuffer | false, bell: SharedArrayBuffer | null): Pipe {
  if (ring) return { writer: { kind: 'ring', ring, bell }, reader: { kind: 'ring', ring, bell } };
  const { port1, port2 } = new MessageChannel();
  return { writer: { kind: 'port', port: port1 }, reader: { kind: 'port', port: port2 } };
}
