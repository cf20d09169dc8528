// Real nodes that meet: through a rendezvous of a few lines (docs/protocol.md §1) and links that lose nothing.
import type { DeliverNote, NodeModule, Published } from '../engine/node_module.ts';

const kLinkDelayMs = 10;
const kStepMs = 5;

interface Arrival {
  at: number;
  act: () => void;
}

export class Meeting {
  readonly notes: { reader: number; note: DeliverNote }[] = [];
  readonly framesHeard: number[]; // by each of the nodes
  private now = 0;
  private arrivals: Arrival[] = [];
  private readonly joined = new Set<number>();
  private readonly met = new Map<string, { node: number; link: number }>(); // 'node link' → the link's other end

  constructor(readonly nodes: readonly NodeModule[]) {
    this.framesHeard = nodes.map(() => 0);
    this.settle();
  }

  speak(who: number, frame: Uint8Array): void {
    this.nodes[who]?.speak(frame, false, this.now);
    this.settle();
  }

  publish(who: number, note: Uint8Array): Published | undefined {
    const published = this.nodes[who]?.publish(note, this.now);
    this.settle();
    return published;
  }

  /** What somebody does to their node, other than speaking and writing. */
  command(who: number, act: (node: NodeModule, now: number) => void): void {
    const node = this.nodes[who];
    if (node) act(node, this.now);
    this.settle();
  }

  run(ms: number): void {
    for (const end = this.now + ms; this.now < end; ) {
      this.now += kStepMs;
      const due = this.arrivals.filter(({ at }) => at <= this.now);
      this.arrivals = this.arrivals.filter(({ at }) => at > this.now);
      for (const { act } of due) act();
      for (const node of this.nodes) if (node.nextDeadline() <= this.now) node.handleTime(this.now);
      this.settle();
    }
  }

  private later(act: () => void): void {
    this.arrivals.push({ at: this.now + kLinkDelayMs, act });
  }

  // A view of WASM memory does not keep.
  private carry(message: Uint8Array, act: (message: Uint8Array) => void): void {
    const kept = message.slice();
    this.later(() => act(kept));
  }

  private settle(): void {
    this.nodes.forEach((node, who) => {
      for (let output = node.poll(); output; output = node.poll()) this.carryOut(who, node, output);
    });
  }

  private carryOut(who: number, node: NodeModule, output: NonNullable<ReturnType<NodeModule['poll']>>): void {
    switch (output.kind) {
      case 'openRendezvous':
        return this.later(() => node.handleRendezvousOpen(this.now));
      case 'sendRendezvous':
        return this.carry(output.message, (message) => this.serve(who, message));
      case 'createLink':
        if (output.role === 'offers') this.later(() => node.handleSignal(output.link, 'offer', `offer ${who} ${output.link}`, this.now));
        return;
      case 'applySignal':
        return this.later(() => this.applySignal(who, node, output));
      case 'sendOnLink': {
        const other = this.met.get(`${who} ${output.link}`);
        if (!other) return;
        const { link, node: at } = other;
        return this.carry(output.message, (message) => this.nodes[at]?.handleLinkMessage(link, output.channel, message, this.now));
      }
      case 'deliverFrame':
        this.framesHeard[who] = (this.framesHeard[who] ?? 0) + 1;
        return;
      case 'deliverNote':
        this.notes.push({ reader: who, note: output });
        return;
    }
  }

  // The "descriptions" name the end that wrote them; when an answer has arrived, both ends open.
  private applySignal(who: number, node: NodeModule, { link, signal, text }: { link: number; signal: string; text: string }): void {
    if (signal === 'candidate') return;
    const [, otherNode = 0, otherLink = 0] = text.split(' ').map(Number);
    if (signal === 'offer') {
      return node.handleSignal(link, 'answer', `answer ${who} ${link}`, this.now);
    }
    this.met.set(`${who} ${link}`, { node: otherNode, link: otherLink });
    this.met.set(`${otherNode} ${otherLink}`, { node: who, link });
    node.handleLinkOpen(link, this.now);
    this.nodes[otherNode]?.handleLinkOpen(otherLink, this.now);
  }

  // JOIN → WELCOME and ENTERED; RELAY → RELAYED. Connection numbers are places plus one.
  private serve(who: number, message: Uint8Array): void {
    const u32 = (value: number): number[] => [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
    const send = (to: number, type: number, body: number[]): void =>
      this.later(() => this.nodes[to]?.handleRendezvousMessage(Uint8Array.of(1, type, ...body), this.now));
    const others = [...this.joined].filter((other) => other !== who);
    if (message[1] === 0x01) {
      this.joined.add(who);
      send(who, 0x81, [...u32(who + 1), others.length, 0, ...others.flatMap((other) => u32(other + 1)), 0]);
      for (const other of others) send(other, 0x82, u32(who + 1));
    } else if (message[1] === 0x02) {
      const to = new DataView(message.buffer, message.byteOffset).getUint32(2, true);
      for (const other of others) {
        if (to === 0 || to === other + 1) send(other, 0x84, [...u32(who + 1), ...message.subarray(6)]);
      }
    }
  }
}
