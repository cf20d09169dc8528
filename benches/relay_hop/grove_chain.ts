// Ours: a room in which everybody may send one copy of a voice, so that the speaker's tree is a chain. Real rooms with all
// that a peer has: two Workers, node.wasm, data channels to everybody else, voice.wasm. The way of a frame over one hop is the
// product's: channel event in the relay's network Worker, node.wasm opens and passes on the sealed bytes, the next channel.
import { joinRoom, newRoomLink, type Room } from '@grove/client';
import { flowOf } from './flow.ts';

const kOneCopy = { copiesMax: 1 };
const kConnectMaxMs = 20_000;

export class GroveChain {
  private constructor(
    readonly mouth: AudioNode,
    private readonly speaker: Room,
    private readonly listeners: readonly { room: Room; ear: AudioNode }[],
  ) {}

  static async open(context: AudioContext, hops: number): Promise<GroveChain> {
    const mouth = new GainNode(context);
    const link = newRoomLink(location.href);
    const enter = (name: string, microphone: AudioNode | null, output: AudioNode): Promise<Room> =>
      joinRoom(link, { name, microphone, output, context, identity: crypto.getRandomValues(new Uint8Array(32)), ...kOneCopy });
    const speaker = await enter('Mouth', mouth, new GainNode(context));
    const listeners = await Promise.all(
      Array.from({ length: hops }, async (_, i) => {
        const ear = new GainNode(context);
        return { ear, room: await enter(`Ear ${i}`, null, ear) };
      }),
    );
    const chain = new GroveChain(mouth, speaker, listeners);
    await Promise.all(chain.rooms().map((room) => isWithAll(room, hops)));
    return chain;
  }

  /** Who hears it after one hop, after two, …: by what the browser itself counts on each connection while somebody speaks. */
  async ears(): Promise<AudioNode[]> {
    const rooms = this.rooms();
    const children = await flowOf(rooms);
    const order: AudioNode[] = [];
    for (let at = 0, seen = new Set([0]); order.length < this.listeners.length; seen.add(at)) {
      const [child, ...more] = children[at] ?? [];
      if (child === undefined || more.length > 0 || seen.has(child)) throw new Error(`the tree is no chain: ${JSON.stringify(children)}`);
      const ear = this.listeners[child - 1]?.ear;
      if (ear) order.push(ear);
      at = child;
    }
    return order;
  }

  /** Of all listeners, in no order. */
  async stats(): Promise<{ underruns: number; framesLate: number; framesConcealed: number }> {
    const sum = { underruns: 0, framesLate: 0, framesConcealed: 0 };
    for (const { room } of this.listeners) {
      const stats = await room.stats();
      const heard = stats.peers[this.speaker.me.id];
      sum.underruns += stats.sound.underruns;
      sum.framesLate += heard?.framesLate ?? 0;
      sum.framesConcealed += heard?.framesConcealed ?? 0;
    }
    return sum;
  }

  async close(): Promise<void> {
    await Promise.all(this.rooms().map((room) => room.leave()));
  }

  private rooms(): Room[] {
    return [this.speaker, ...this.listeners.map(({ room }) => room)];
  }
}

function isWithAll(room: Room, others: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${room.me.name} found ${room.peers.size} of ${others} people`)), kConnectMaxMs);
    const look = (): void => {
      if ([...room.peers.values()].filter((peer) => peer.link === 'connected').length < others) return;
      clearTimeout(timer);
      room.removeEventListener('change', look);
      resolve();
    };
    room.addEventListener('change', look);
    look();
  });
}
