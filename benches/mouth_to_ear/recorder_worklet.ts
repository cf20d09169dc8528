// Notes every sample that passes some wires, in one clock: what goes in, what comes out of ours, what comes out of the peer.

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor();
}
declare function registerProcessor(name: string, processor: new (options: { processorOptions: { wires: number } }) => AudioWorkletProcessor): void;

const kChunk = 4096; // samples a message

registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    private readonly wires: number;
    private chunk: Float32Array<ArrayBuffer>;
    private filled = 0;

    constructor({ processorOptions }: { processorOptions: { wires: number } }) {
      super();
      this.wires = processorOptions.wires;
      this.chunk = new Float32Array(this.wires * kChunk);
    }

    process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
      const quantum = outputs[0]?.[0]?.length ?? 0;
      for (let i = 0; i < quantum; i++) {
        for (let wire = 0; wire < this.wires; wire++) this.chunk[wire * kChunk + this.filled] = inputs[wire]?.[0]?.[i] ?? 0;
        if (++this.filled < kChunk) continue;
        this.port.postMessage(this.chunk, [this.chunk.buffer]);
        this.chunk = new Float32Array(this.wires * kChunk);
        this.filled = 0;
      }
      return true;
    }
  },
);
