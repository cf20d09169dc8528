import type { Block } from './block_store.ts';
import type { Strip } from './strip_store.ts';

export type PeerLinkState = 'connecting' | 'connected' | 'failed';

export const kVolumeDbMax = 30; // DESIGN.md §7
export const kSilenceDb = -100; // what the voice engine calls silence

/** What a Peer needs of its Room: somebody who hears of changed controls, and knows who is blocked. */
export interface PeerHolder {
  stripChanged(peer: Peer, strip: Strip): void;
  blockOf(peer: Peer): Block;
  setBlock(peer: Peer, change: Partial<Block>): void;
}

/** Another person in the room. The room changes the read-only parts and tells by its events. */
export class Peer {
  name = '';
  /** Their own switch: they say nothing to anybody. */
  muted = false;
  /** Of what they send, before your volume; dBFS, −100 is silence. */
  level = kSilenceDb;
  speaking = false;
  /** 'connected': straight or through others. 'failed': no path between you was found yet; the room goes on trying by itself. */
  link: PeerLinkState = 'connecting';
  /** Round trip, milliseconds; null while unknown, and where others carry between you. */
  rttMs: number | null = null;

  /** @internal */
  constructor(
    /** Lower-case hex of the 16 bytes by which everybody knows this person, now and in other rooms. */
    readonly id: string,
    /** @internal The engine's name for this peer, while it is here. */
    readonly number: number,
    private strip: Strip,
    private readonly holder: PeerHolder,
  ) {}

  /** −Infinity … +30 dB, 0 as it came. Remembered by identity, like `silenced` and `pan`. */
  get volumeDb(): number {
    return this.strip.volumeDb;
  }
  set volumeDb(db: number) {
    this.change({ volumeDb: Number.isNaN(db) ? 0 : Math.min(db, kVolumeDbMax) });
  }

  /** Your switch: you do not hear them; they are not told. */
  get silenced(): boolean {
    return this.strip.silenced;
  }
  set silenced(silenced: boolean) {
    this.change({ silenced });
  }

  /** −1 left … +1 right. */
  get pan(): number {
    return this.strip.pan;
  }
  set pan(pan: number) {
    this.change({ pan: Number.isNaN(pan) ? 0 : Math.min(Math.max(pan, -1), 1) });
  }

  /**
   * You hear and read nothing of them, from this instant on, in every room and under every name, until unblock(). Nobody else is
   * told; their own program is told to send you nothing. They hear and read you as before.
   */
  block(): void {
    this.holder.setBlock(this, { blocked: true });
  }

  /** As if nothing had been; gives them your voice back too. What they wrote meanwhile comes then. */
  unblock(): void {
    this.holder.setBlock(this, { blocked: false, voiceKept: false });
  }

  get blocked(): boolean {
    return this.holder.blockOf(this).blocked;
  }

  /** They hear nothing of you; what you write, they still read. Remembered by identity. */
  get keepVoiceFrom(): boolean {
    return this.holder.blockOf(this).voiceKept;
  }
  set keepVoiceFrom(kept: boolean) {
    this.holder.setBlock(this, { voiceKept: kept });
  }

  private change(part: Partial<Strip>): void {
    this.strip = { ...this.strip, ...part };
    this.holder.stripChanged(this, this.strip);
  }
}
