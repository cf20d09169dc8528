// Who is in the room, as the engine tells it. Imports no browser API.
import type { Block, BlockStore } from './block_store.ts';
import type { AudioCommand, ForMain, LevelRow } from './engine/messages.ts';
import { kSilenceDb, Peer, type PeerHolder } from './peer.ts';
import type { Strip, StripStore } from './strip_store.ts';

type PeerMessage = Extract<ForMain, { peer: number }>;

export class Roster implements PeerHolder {
  readonly byId = new Map<string, Peer>();
  private readonly byNumber = new Map<number, Peer>();

  constructor(
    private readonly strips: Pick<StripStore, 'get' | 'set'>,
    private readonly blocks: Pick<BlockStore, 'get' | 'set' | 'rename'>,
    private readonly command: (command: AudioCommand) => void,
    private readonly changed: () => void,
  ) {}

  apply(message: PeerMessage): void {
    switch (message.kind) {
      case 'peerJoined':
      case 'peerChanged':
        this.put(message);
        break;
      case 'peerLeft':
        this.remove(message.peer);
        break;
      case 'peerLinkChanged': {
        const peer = this.byNumber.get(message.peer);
        if (!peer) return;
        peer.link = message.state;
        peer.rttMs = message.rttMs;
      }
    }
    this.changed();
  }

  applyLevels(rows: readonly LevelRow[]): void {
    for (const [number, level, speaking] of rows) {
      const peer = this.byNumber.get(number);
      if (!peer || peer.blocked) continue;
      peer.level = level;
      peer.speaking = speaking;
    }
  }

  idOf(number: number): string | null {
    return this.byNumber.get(number)?.id ?? null;
  }

  stripChanged(peer: Peer, strip: Strip): void {
    this.strips.set(peer.id, strip);
    if (this.byNumber.get(peer.number) === peer) this.tellStrip(peer.number, strip);
    this.changed();
  }

  blockOf(peer: Peer): Block {
    return this.blocks.get(peer.id);
  }

  setBlock(peer: Peer, change: Partial<Block>): void {
    this.blocks.set(peer.id, change, peer.name); // and comes back by applyBlock
  }

  /** The list of blocks has changed: the ear is told before anything else. */
  applyBlock(id: string): void {
    const peer = this.byId.get(id);
    if (!peer) return;
    this.tellBlock(peer);
    if (peer.blocked) [peer.level, peer.speaking] = [kSilenceDb, false];
  }

  private put({ peer: number, id, name, muted }: Extract<PeerMessage, { id: string }>): void {
    const known = this.byNumber.get(number);
    if (known?.id === id) {
      known.name = name;
      known.muted = muted;
      this.blocks.rename(id, name);
      return;
    }
    const earlier = this.byId.get(id); // the same person under an earlier number, if their goodbye was lost
    if (earlier) this.remove(earlier.number);
    const strip = this.strips.get(id);
    const peer = new Peer(id, number, strip, this);
    peer.name = name;
    peer.muted = muted;
    this.byId.set(id, peer);
    this.byNumber.set(number, peer);
    this.blocks.rename(id, name);
    this.tellBlock(peer);
    this.tellStrip(number, strip);
  }

  private remove(number: number): void {
    const peer = this.byNumber.get(number);
    if (!peer) return;
    this.byNumber.delete(number);
    this.byId.delete(peer.id);
    this.command({ kind: 'removePeer', peer: number, value: 0 });
  }

  private tellBlock(peer: Peer): void {
    this.command({ kind: 'blocked', peer: peer.number, value: Number(peer.blocked) });
  }

  private tellStrip(peer: number, strip: Strip): void {
    this.command({ kind: 'volumeDb', peer, value: strip.volumeDb });
    this.command({ kind: 'silenced', peer, value: Number(strip.silenced) });
    this.command({ kind: 'pan', peer, value: strip.pan });
  }
}
