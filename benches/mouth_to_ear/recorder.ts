import workletUrl from './recorder_worklet.ts?worker&url';

export class Recorder {
  private readonly chunks: Float32Array[] = [];

  private constructor(
    /** Its inputs are the wires. */
    readonly node: AudioWorkletNode,
    private readonly wires: number,
  ) {
    node.port.onmessage = (event: MessageEvent<Float32Array>) => this.chunks.push(event.data);
  }

  static async open(context: AudioContext, wires: number): Promise<Recorder> {
    await context.audioWorklet.addModule(workletUrl); // a second time does nothing
    const node = new AudioWorkletNode(context, 'recorder', {
      numberOfInputs: wires,
      processorOptions: { wires },
      outputChannelCount: [1],
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    node.connect(context.destination); // silent; a node that leads nowhere is not run
    return new Recorder(node, wires);
  }

  close(): void {
    this.node.port.onmessage = null;
    this.node.disconnect();
  }

  /** All that passed a wire, from its beginning. */
  wire(number: number): Float32Array<ArrayBuffer> {
    const each = (this.chunks[0]?.length ?? 0) / this.wires;
    const whole = new Float32Array(each * this.chunks.length);
    this.chunks.forEach((chunk, i) => whole.set(chunk.subarray(number * each, (number + 1) * each), i * each));
    return whole;
  }
}
