// The two processors on the sound card's thread. They copy samples, no more: whatever thinks runs in the audio Worker.
import { openPcmWriter, type PipeEnd } from './pipes.ts';
import { openPlayoutReader, type PlayoutEnd } from './playout_pipe.ts';
import type { PcmReader, PcmWriter } from './rings.ts';

// What an AudioWorkletGlobalScope has; the library of types knows only windows.
declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor();
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

/** What a processor is told through its port: first its pipe (ports travel only in messages), at last to stop. */
export type ProcessorOrder<End> = { kind: 'start'; end: End } | { kind: 'stop' };

registerProcessor(
  'grove-capture',
  class extends AudioWorkletProcessor {
    private pipe: PcmWriter | null = null;
    private overruns = 0;
    private stopped = false;

    constructor() {
      super();
      this.port.onmessage = (event: MessageEvent<ProcessorOrder<PipeEnd>>) => {
        if (event.data.kind === 'start') this.pipe = openPcmWriter(event.data.end);
        else this.stopped = true;
      };
    }

    process(inputs: Float32Array[][]): boolean {
      const mono = inputs[0]?.[0]; // absent while nothing is connected
      if (mono && this.pipe && !this.pipe.write(mono)) this.port.postMessage((this.overruns += mono.length));
      return !this.stopped;
    }
  },
);

registerProcessor(
  'grove-playout',
  class extends AudioWorkletProcessor {
    private pipe: PcmReader | null = null;
    private stereo = new Float32Array(0);
    private stopped = false;

    constructor() {
      super();
      this.port.onmessage = (event: MessageEvent<ProcessorOrder<PlayoutEnd>>) => {
        if (event.data.kind === 'start') this.pipe = openPlayoutReader(event.data.end);
        else this.stopped = true;
      };
    }

    process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
      const left = outputs[0]?.[0];
      const right = outputs[0]?.[1];
      if (!left || !right || !this.pipe) return !this.stopped;
      if (this.stereo.length !== 2 * left.length) this.stereo = new Float32Array(2 * left.length);
      const got = this.pipe.read(this.stereo) >> 1; // the rest of left and right is silence already
      for (let i = 0; i < got; ++i) {
        left[i] = this.stereo[2 * i] as number;
        right[i] = this.stereo[2 * i + 1] as number;
      }
      return !this.stopped;
    }
  },
);
