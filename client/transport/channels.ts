// The data channels of all links, on the side that owns them: the network Worker. See links.ts for how they are made.
import type { ChannelName } from '../engine/node_module.ts';

/** The part of RTCDataChannel that is used here; PumpedChannel is the other kind (pump.ts). */
export interface WorkerChannel extends EventTarget {
  binaryType: string;
  readonly readyState: string;
  readonly bufferedAmount: number;
  bufferedAmountLowThreshold: number;
  send(data: Uint8Array<ArrayBuffer>): void;
  close(): void;
}

export interface ChannelsHolder {
  linkOpen(link: number): void; // both channels are open
  linkClosed(link: number): void; // one of them closed, not by close()
  linkMessage(link: number, channel: ChannelName, message: Uint8Array): void;
  linkBuffered(link: number, bytes: number): void; // waiting in the voice channel
}

interface Link {
  channels: Record<ChannelName, WorkerChannel>;
  open: boolean;
  early: [ChannelName, Uint8Array][]; // came on one channel before the other was open
  buffered: number; // as last reported
}

const kEarlyMessagesMax = 64; // guess: a few round trips of handshake and voice
const kNames = ['control', 'voice'] as const;

export class Channels {
  private readonly links = new Map<number, Link>();

  constructor(private readonly holder: ChannelsHolder) {}

  /** Call it in the very task in which the channels arrive: an event waits for no listener. */
  add(id: number, channels: Record<ChannelName, WorkerChannel>): void {
    const link: Link = { channels, open: false, early: [], buffered: 0 };
    this.links.set(id, link);
    for (const name of kNames) {
      const channel = channels[name];
      channel.binaryType = 'arraybuffer';
      channel.addEventListener('open', () => this.checkOpen(id, link));
      channel.addEventListener('close', () => this.lose(id, link));
      channel.addEventListener('message', (event) => this.take(id, link, name, (event as MessageEvent<unknown>).data));
    }
    channels.voice.bufferedAmountLowThreshold = 0;
    channels.voice.addEventListener('bufferedamountlow', () => this.report(id, link));
    this.checkOpen(id, link); // it may have opened on the way
    if (kNames.some((name) => channels[name].readyState === 'closed')) this.lose(id, link);
  }

  send(id: number, name: ChannelName, message: Uint8Array<ArrayBuffer>): void {
    const link = this.links.get(id);
    const channel = link?.channels[name];
    if (!link || channel?.readyState !== 'open') return; // its close event is on the way
    try {
      channel.send(message);
    } catch {
      this.lose(id, link); // the queue below is full (16 MiB in browsers): nobody is there any more
      return;
    }
    if (name === 'voice') this.report(id, link);
  }

  /** Tells what became of queues that last were not empty: a queue that falls without getting empty fires no event. */
  refreshBuffered(): void {
    for (const [id, link] of this.links) {
      if (link.buffered > 0 && link.channels.voice.bufferedAmount !== link.buffered) this.report(id, link);
    }
  }

  close(id: number): void {
    const link = this.links.get(id);
    this.links.delete(id);
    for (const name of kNames) link?.channels[name].close();
  }

  /** What waits in the control channels of all links. */
  controlBuffered(): number {
    let bytes = 0;
    for (const link of this.links.values()) bytes += link.channels.control.bufferedAmount;
    return bytes;
  }

  private checkOpen(id: number, link: Link): void {
    if (link.open || this.links.get(id) !== link) return;
    if (kNames.some((name) => link.channels[name].readyState !== 'open')) return;
    link.open = true;
    this.holder.linkOpen(id);
    for (const [name, message] of link.early.splice(0)) this.holder.linkMessage(id, name, message);
  }

  private take(id: number, link: Link, name: ChannelName, data: unknown): void {
    if (this.links.get(id) !== link || !(data instanceof ArrayBuffer)) return; // text is not of our protocol
    this.checkOpen(id, link);
    const message = new Uint8Array(data);
    if (link.open) this.holder.linkMessage(id, name, message);
    else if (link.early.length < kEarlyMessagesMax) link.early.push([name, message]);
  }

  private lose(id: number, link: Link): void {
    if (this.links.get(id) !== link) return;
    this.close(id);
    this.holder.linkClosed(id);
  }

  private report(id: number, link: Link): void {
    if (this.links.get(id) !== link) return;
    link.buffered = link.channels.voice.bufferedAmount;
    this.holder.linkBuffered(id, link.buffered);
  }
}
