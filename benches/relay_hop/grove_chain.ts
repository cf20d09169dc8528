// Ours: a room in which everybody may send one copy of a voice, so that the speaker's tree is a chain. Real rooms with all
// that a peer has: two Workers, node.wasm, data channels to everybody else, voice.wasm. The way of a frame over one hop is the
// product's: channel event in the relay's network Worker, node.wasm opens and passes on the sealed bytes, the next channel.
import { joinRoom, newRoomLink, type Room } from '@grove/client';

const kConnectMaxMs = 20_000;

export interface ChainStats {
  framesSpoken: number;
  copiesSent: readonly number[]; // by the speaker, and by each listener
  underruns: number; // of all listeners, like the following
  framesLate: number;
  framesConcealed: number;
}

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
      joinRoom(link, { name, microphone, output, context, identity: crypto.getRandomValues(new Uint8Array(32)), copiesMax: 1 });
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

  get ears(): AudioNode[] {
    return this.listeners.map(({ ear }) => ear);
  }

  /** After how many hops each listener hears the speaker, by the speaker's plan; 0: not in it. */
  async hops(): Promise<number[]> {
    const { me, trees } = await this.speaker.trees();
    const seats = trees.find((tree) => tree.source === me)?.seats ?? [];
    const parents = new Map(seats.map(({ listener, parent }) => [listener, parent]));
    return this.listeners.map(({ room }) => {
      let hops = 0;
      for (let at: string | null | undefined = room.me.id; at !== me; hops++) {
        at = parents.get(at);
        if (!at || hops > seats.length) return 0;
      }
      return hops;
    });
  }

  async stats(): Promise<ChainStats> {
    const { framesSpoken, copiesSent } = (await this.speaker.stats()).node;
    const copies = [copiesSent];
    const sum = { framesSpoken, copiesSent: copies, underruns: 0, framesLate: 0, framesConcealed: 0 };
    for (const { room } of this.listeners) {
      const stats = await room.stats();
      const heard = stats.peers[this.speaker.me.id];
      copies.push(stats.node.copiesSent);
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
