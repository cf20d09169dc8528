// Runs node.wasm: owns the data channels, the WebSocket and all timers, and keeps the node's drive contract.
import { Bell } from '../sound/bell.ts';
import { openMessageReader, openMessageWriter } from '../sound/pipes.ts';
import type { MessageReader, MessageWriter } from '../sound/rings.ts';
import { Channels, type WorkerChannel } from '../transport/channels.ts';
import { PumpedChannel } from '../transport/pump.ts';
import { RendezvousSocket } from '../transport/rendezvous_socket.ts';
import { encodeFrame, type FromNetwork, type PeerBlock, type ToNetwork } from './messages.ts';
import { NodeModule, type NodeOutput } from './node_module.ts';
import { guarded, workerScope } from './worker_scope.ts';

const kGoodbyeMaxMs = 250; // guess: an RTT, for what waits in the control channels of links that stand
const kGoodbyeStepMs = 5;

const scope = workerScope<ToNetwork, FromNetwork>();
let host: NetworkHost | null = null;

scope.onmessage = guarded(scope, ({ data }: MessageEvent<ToNetwork>) => {
  if (data.kind === 'start') host = new NetworkHost(data);
  else host?.handleMessage(data);
});

type Start = Extract<ToNetwork, { kind: 'start' }>;

// A voice payload's first byte (docs/protocol.md §6): bit 1, silence follows.
const endsSpurt = (frame: Uint8Array): boolean => ((frame[0] ?? 0) & 2) !== 0;

class NetworkHost {
  private readonly node: NodeModule;
  private readonly framesIn: MessageReader;
  private readonly framesOut: MessageWriter;
  private readonly channels: Channels;
  private readonly rendezvous: RendezvousSocket;
  private frameQueueDrops = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private timerAt = Infinity;
  private left = false;
  private readonly wanted = new Set<number>(); // links that the node has not closed

  constructor(private readonly start: Start) {
    const takeFrames = guarded(scope, () => this.takeFrames());
    this.framesIn = openMessageReader(start.framesIn, takeFrames);
    this.framesOut = openMessageWriter(start.framesOut);
    start.doorbell.onmessage = takeFrames;
    if (start.framesIn.kind === 'ring' && start.framesIn.bell && Bell.canListen) {
      new Bell(start.framesIn.bell).listen(takeFrames);
    }
    this.channels = new Channels({
      linkOpen: this.event((link: number) => this.node.handleLinkOpen(link, performance.now())),
      linkClosed: this.event((link: number) => this.node.handleLinkClosed(link, performance.now())),
      linkMessage: this.event((link: number, channel: 'control' | 'voice', message: Uint8Array) => {
        this.channels.refreshBuffered();
        this.node.handleLinkMessage(link, channel, message, performance.now());
      }),
      // Also comes in the middle of drain(), which goes on polling: so it must not drain by itself.
      linkBuffered: (link, bytes) => {
        this.node.handleLinkBuffered(link, bytes, performance.now());
        this.drainLater();
      },
    });
    this.rendezvous = new RendezvousSocket(start.rendezvous, {
      rendezvousOpen: this.event(() => this.node.handleRendezvousOpen(performance.now())),
      rendezvousMessage: this.event((message: Uint8Array) => this.node.handleRendezvousMessage(message, performance.now())),
      rendezvousClosed: this.event(() => this.node.handleRendezvousClosed(performance.now())),
    });
    this.node = new NodeModule(start.module, start.config, performance.now());
    if (start.muted) this.node.setMuted(true, performance.now());
    for (const block of start.blocks) this.setBlock(block); // before anybody can be heard
    this.drain();
  }

  handleMessage(message: Exclude<ToNetwork, Start>): void {
    switch (message.kind) {
      case 'channels':
        if (!this.wanted.has(message.link)) return [message.control, message.voice].forEach((channel) => channel.close());
        this.channels.add(message.link, {
          control: message.control as unknown as WorkerChannel,
          voice: message.voice as unknown as WorkerChannel,
        });
        return;
      case 'pumpedChannels':
        this.channels.add(message.link, {
          control: new PumpedChannel(message.control),
          voice: new PumpedChannel(message.voice),
        });
        return;
      case 'signal':
        this.node.handleSignal(message.link, message.signal, message.text, performance.now());
        return this.drain();
      case 'linkClosed':
        this.channels.close(message.link);
        this.node.handleLinkClosed(message.link, performance.now());
        return this.drain();
      case 'setName':
        this.node.setName(message.name, performance.now());
        return this.drain();
      case 'setMuted':
        this.node.setMuted(message.muted, performance.now());
        return this.drain();
      case 'stats':
        scope.postMessage({
          kind: 'stats',
          request: message.request,
          node: this.node.stats(),
          frameQueueDrops: this.frameQueueDrops,
        });
        return;
      case 'setRole':
        this.node.setRole(message.role, performance.now());
        return this.drain();
      case 'setBlock':
        this.setBlock(message.block);
        return this.drain();
      case 'publish': {
        const outcome = this.node.publish(message.body, performance.now());
        this.drain();
        return scope.postMessage({ kind: 'published', request: message.request, outcome });
      }
      case 'view': {
        const bytes = this.node.view();
        return scope.postMessage({ kind: 'view', request: message.request, bytes }, [bytes.buffer]);
      }
      case 'leave':
        return this.leave();
    }
  }

  private setBlock({ id, blocked, voiceKept }: PeerBlock): void {
    this.node.setBlocked(id, blocked, performance.now());
    this.node.setWithheld(id, voiceKept, performance.now());
  }

  private takeFrames(): void {
    if (this.left) return;
    this.channels.refreshBuffered();
    for (let frame = this.framesIn.pop(); frame; frame = this.framesIn.pop()) {
      this.node.speak(frame, endsSpurt(frame), performance.now());
    }
    this.drain();
  }

  // Wraps what tells the node something: afterwards its outputs are carried out.
  private event<Arguments extends unknown[]>(tell: (...args: Arguments) => void): (...args: Arguments) => void {
    return guarded(scope, (...args: Arguments) => {
      if (this.left) return;
      tell(...args);
      if (this.draining) return; // an effect of carrying an output out: the loop below goes on
      this.drain();
    });
  }

  private draining = false;

  private drain(): void {
    this.draining = true;
    for (let output = this.node.poll(); output; output = this.node.poll()) this.carryOut(output);
    this.draining = false;
    this.setTimer();
  }

  private drainLater(): void {
    if (this.draining || this.left) return;
    this.drain();
  }

  // `message` and `frame` are views of WASM memory: they are used up before the node is called again.
  private carryOut(output: NodeOutput): void {
    switch (output.kind) {
      case 'openRendezvous':
        return this.rendezvous.open();
      case 'sendRendezvous':
        return this.rendezvous.send(output.message);
      case 'closeRendezvous':
        return this.rendezvous.close();
      case 'sendOnLink':
        return this.channels.send(output.link, output.channel, output.message);
      case 'deliverFrame':
        if (!this.framesOut.push(encodeFrame(output))) this.frameQueueDrops += 1;
        return;
      case 'createLink':
        this.wanted.add(output.link);
        return scope.postMessage(output);
      case 'closeLink':
        this.wanted.delete(output.link);
        if (this.left) return; // after a goodbye, only when it is out
        this.channels.close(output.link);
        return scope.postMessage(output);
      default:
        return scope.postMessage(output);
    }
  }

  // Deadlines mostly move on with each frame: a timer that fires too early looks again, which is cheaper than a new one each
  // time (a seventh of this Worker's work, measured).
  private setTimer(): void {
    const deadline = this.left ? Infinity : this.node.nextDeadline();
    if (deadline >= this.timerAt) return;
    clearTimeout(this.timer);
    this.timerAt = deadline;
    this.timer = setTimeout(this.takeTime, Math.max(0, Math.ceil(deadline - performance.now())));
  }

  private readonly takeTime = guarded(scope, () => {
    this.timerAt = Infinity;
    if (this.left) return;
    if (performance.now() >= this.node.nextDeadline()) this.node.handleTime(performance.now());
    this.drain();
  });

  private leave(): void {
    this.left = true;
    this.node.leave(performance.now());
    this.drain();
    const end = performance.now() + kGoodbyeMaxMs;
    const finish = (): void => {
      if (this.channels.controlBuffered() > 0 && performance.now() < end) {
        setTimeout(finish, kGoodbyeStepMs);
        return;
      }
      if (this.start.gone) Atomics.store(new Int32Array(this.start.gone), 0, 1);
      scope.postMessage({ kind: 'left' });
    };
    finish();
  }
}
