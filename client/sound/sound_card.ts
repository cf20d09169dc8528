// A room's two nodes in the audio graph: capture takes the microphone to the engine, playout the engine to the speakers.
import { GroveError } from '../errors.ts';
import { Microphone, type VoiceInput } from './microphone.ts';
import { pipeTransfers, type PipeEnd } from './pipes.ts';
import type { PlayoutEnd } from './playout_pipe.ts';
import workletsUrl from './worklets.ts?worker&url';

const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/** Loads the worklets into a context, once. */
export function loadWorklets(context: BaseAudioContext): Promise<void> {
  const known = loaded.get(context);
  if (known) return known;
  const loading = context.audioWorklet.addModule(workletsUrl).catch((error: unknown) => {
    loaded.delete(context); // so that the next try asks the server again
    throw new GroveError('audio-failed', `the worklets did not load: ${String(error)}`, { cause: error });
  });
  loaded.set(context, loading);
  return loading;
}

export class SoundCard {
  captureOverruns = 0; // samples
  private readonly capture: AudioWorkletNode;
  private readonly playout: AudioWorkletNode;
  private input: VoiceInput = null;
  private unplug: () => void = () => undefined;

  /** @param onInputLost the microphone was unplugged, or its permission taken back */
  constructor(
    private readonly context: AudioContext,
    output: AudioNode | null,
    ends: { capture: PipeEnd; playout: PlayoutEnd },
    private readonly onInputLost: () => void,
  ) {
    this.capture = new AudioWorkletNode(context, 'grove-capture', {
      channelCount: 1, // the browser mixes a stereo microphone down
      channelCountMode: 'explicit',
      numberOfOutputs: 1, // silent; without a way to the destination, Chromium never runs the node (measured)
      outputChannelCount: [1],
    });
    this.capture.port.onmessage = (event: MessageEvent<number>) => {
      this.captureOverruns = event.data;
    };
    start(this.capture, ends.capture, ends.capture);
    this.capture.connect(context.destination);
    this.playout = new AudioWorkletNode(context, 'grove-playout', {
      numberOfInputs: 0,
      outputChannelCount: [2],
    });
    start(this.playout, ends.playout, ends.playout.pipe);
    this.playout.connect(output ?? context.destination);
  }

  /** Replaces what was connected before; what the caller made stays the caller's to close. What throws changes nothing. */
  connectInput(input: VoiceInput): void {
    if (input !== null && input === this.input) return;
    const unplug = this.plug(input);
    this.input = input;
    this.unplug();
    this.unplug = unplug;
  }

  private plug(input: VoiceInput): () => void {
    if (!input) return () => undefined;
    if (input instanceof AudioNode) {
      input.connect(this.capture);
      return () => disconnect(input, this.capture);
    }
    const stream = input instanceof Microphone ? input.stream : input;
    const source = this.context.createMediaStreamSource(stream);
    source.connect(this.capture);
    const tracks = stream.getAudioTracks();
    for (const track of tracks) track.addEventListener('ended', this.onInputLost);
    return () => {
      source.disconnect();
      for (const track of tracks) track.removeEventListener('ended', this.onInputLost);
    };
  }

  close(): void {
    this.unplug();
    this.capture.port.postMessage({ kind: 'stop' });
    this.playout.port.postMessage({ kind: 'stop' });
    this.capture.disconnect();
    this.playout.disconnect();
  }
}

function start(node: AudioWorkletNode, end: PipeEnd | PlayoutEnd, pipe: PipeEnd): void {
  node.port.postMessage({ kind: 'start', end }, pipeTransfers(pipe));
}

function disconnect(node: AudioNode, from: AudioNode): void {
  try {
    node.disconnect(from);
  } catch {
    // The app took its own node away already.
  }
}
