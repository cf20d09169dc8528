// Notes every sample that passes three wires, in one clock: what goes in, what comes out of ours, what comes out of the peer.

declare abstract class AudioWorkletProcessor {
  readonly port: MessagePort;
  constructor();
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

const kWires = 3;
const kChunk = 4096; // samples a message

registerProcessor(
  'recorder',
  class extends AudioWorkletProcessor {
    private chunk = new Float32Array(kWires * kChunk);
    private filled = 0;

    process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
      const quantum = outputs[0]?.[0]?.length ?? 0;
      for (let i = 0; i < quantum; i++) {
        for (let wire = 0; wire < kWires; wire++) this.chunk[wire * kChunk + this.filled] = inputs[wire]?.[0]?.[i] ?? 0;
        if (++this.filled < kChunk) continue;
        this.port.postMessage(this.chunk, [this.chunk.buffer]);
        this.chunk = new Float32Array(kWires * kChunk);
        this.filled = 0;
      }
      return true;
    }
  },
);
