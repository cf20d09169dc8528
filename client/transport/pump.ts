// Where a browser does not transfer data channels: the main thread carries bytes between channel and Worker.
import type { WorkerChannel } from './channels.ts';

type ToWorker =
  | { kind: 'state'; state: string }
  | { kind: 'message'; data: ArrayBuffer }
  | { kind: 'buffered'; bytes: number; low: boolean };
type ToMain = { kind: 'send'; data: ArrayBuffer } | { kind: 'close' };

/** Main thread: serves a channel to the PumpedChannel at the other end of `port`. */
export function pumpChannel(channel: RTCDataChannel, port: MessagePort): void {
  const tell = (message: ToWorker, transfer: Transferable[] = []): void => port.postMessage(message, transfer);
  const tellState = (): void => tell({ kind: 'state', state: channel.readyState });
  channel.binaryType = 'arraybuffer';
  channel.addEventListener('open', tellState);
  channel.addEventListener('close', tellState);
  channel.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.data instanceof ArrayBuffer) tell({ kind: 'message', data: event.data }, [event.data]);
  });
  channel.addEventListener('bufferedamountlow', () => tell({ kind: 'buffered', bytes: channel.bufferedAmount, low: true }));
  port.onmessage = (event: MessageEvent<ToMain>) => {
    if (event.data.kind === 'close') {
      channel.close();
      return port.close();
    }
    if (channel.readyState !== 'open') return;
    try {
      channel.send(event.data.data);
    } catch {
      return channel.close(); // its queue is full (16 MiB): nobody is there any more
    }
    tell({ kind: 'buffered', bytes: channel.bufferedAmount, low: false });
  };
  tellState();
}

/** Worker: looks like the data channel at the other end of `port`. */
export class PumpedChannel extends EventTarget implements WorkerChannel {
  binaryType = 'arraybuffer';
  bufferedAmountLowThreshold = 0;
  readyState = 'connecting';
  private reported = 0; // by the main thread
  private unreported = 0; // sent to it since

  constructor(private readonly port: MessagePort) {
    super();
    port.onmessage = (event: MessageEvent<ToWorker>) => this.hear(event.data);
  }

  get bufferedAmount(): number {
    return this.reported + this.unreported;
  }

  send(data: Uint8Array<ArrayBuffer>): void {
    const copy = data.slice().buffer;
    this.unreported += copy.byteLength;
    this.port.postMessage({ kind: 'send', data: copy } satisfies ToMain, [copy]);
  }

  close(): void {
    this.readyState = 'closed';
    this.port.postMessage({ kind: 'close' } satisfies ToMain);
  }

  private hear(message: ToWorker): void {
    switch (message.kind) {
      case 'state':
        this.readyState = message.state;
        if (message.state === 'open') this.dispatchEvent(new Event('open'));
        if (message.state === 'closed') this.dispatchEvent(new Event('close'));
        return;
      case 'message':
        this.dispatchEvent(new MessageEvent('message', { data: message.data }));
        return;
      case 'buffered':
        this.reported = message.bytes;
        this.unreported = 0;
        if (message.low) this.dispatchEvent(new Event('bufferedamountlow'));
    }
  }
}
