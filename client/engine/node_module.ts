// node.wasm with types: core/node/node.h, seen through wasm/node_exports.cpp. It keeps node.h's drive contract only if
// its user does: after every call, poll() until null; then sleep until nextDeadline() at the latest.
import type { PeerRole } from '../room_picture.ts';
import { collectStats, kNodeStats, type NodeStats } from '../stats.ts';
import { bytesOf, hex } from './hex.ts';
import { kRoles } from './room_view.ts';
import { WasmInstance } from './wasm.ts';

export type SignalKind = 'offer' | 'answer' | 'candidate';
export type ChannelName = 'control' | 'voice';
export type LinkRole = 'offers' | 'answers';

const kSignalKinds: readonly SignalKind[] = ['offer', 'answer', 'candidate'];
const kChannels: readonly ChannelName[] = ['control', 'voice'];
const kRendezvousStates = ['connecting', 'open', 'waiting', 'refused', 'resting'] as const;
const kLinkStates = ['connecting', 'connected', 'failed'] as const;
const kPublished = ['sent', 'emptyOrTooLong', 'tooFast', 'left'] as const;
const kRttUnknown = 0xffffffff;
const kPeerIdBytes = 16;
const kNameMax = 256;
const kNoteHeadBytes = 30;

/** What became of a note of ours; only `sent` gave it to the room. */
export type Published = (typeof kPublished)[number];

/** `message` and `frame` are views of WASM memory, good until the next call of the module. */
export type NodeOutput =
  | { kind: 'openRendezvous' }
  | { kind: 'sendRendezvous'; message: Uint8Array<ArrayBuffer> }
  | { kind: 'closeRendezvous' }
  | { kind: 'createLink'; link: number; role: LinkRole }
  | { kind: 'applySignal'; link: number; signal: SignalKind; text: string }
  | { kind: 'closeLink'; link: number }
  | { kind: 'sendOnLink'; link: number; channel: ChannelName; message: Uint8Array<ArrayBuffer> }
  | { kind: 'deliverFrame'; peer: number; sequenceLow: number; sequenceHigh: number; frame: Uint8Array<ArrayBuffer> }
  | DeliverNote
  | { kind: 'rendezvousChanged'; state: (typeof kRendezvousStates)[number]; retryInMs: number; reason: string }
  | { kind: 'peerJoined' | 'peerChanged'; peer: number; muted: boolean; id: string; name: string }
  | { kind: 'peerLeft'; peer: number; lost: boolean }
  | { kind: 'peerLinkChanged'; peer: number; state: (typeof kLinkStates)[number]; rttMs: number | null }
  | { kind: 'lossReported'; percent: number } // what the worst-served listener misses of us
  | { kind: 'iceServers'; urls: string[] }
  | { kind: 'self'; id: string };

/** Another person's note; those of one run in their order. `body` is a copy, unlike the frames' and messages' bytes. */
export interface DeliverNote {
  kind: 'deliverNote';
  peer: number | null; // the author, if here now
  author: string;
  number: number; // within the author's run: 1, 2, …
  atMs: number; // since 1970
  missingBefore: number; // notes of that run right before it that nobody has any more
  body: Uint8Array<ArrayBuffer>;
}

export interface NodeConfig {
  secret: Uint8Array; // 16
  seed: Uint8Array; // 32
  entropy: Uint8Array; // 32
  name: string;
  wallMs: number;
  copiesMax: number | null; // null: what the uplink bears
  role: PeerRole;
}

const text = { encoder: new TextEncoder(), decoder: new TextDecoder() };

export class NodeModule {
  private readonly wasm: WasmInstance;

  constructor(module: WebAssembly.Module, config: NodeConfig, now: number) {
    this.wasm = new WasmInstance(module, 'node_scratch');
    const name = text.encoder.encode(config.name.slice(0, kNameMax)); // the core cuts to 64 bytes, between characters
    const length = this.wasm.put(config.secret, config.seed, config.entropy, name);
    if (length === null) throw new RangeError('a secret is too long');
    this.wasm.call('node_create', config.wallMs, now, name.length, config.copiesMax ?? 0, kRoles.indexOf(config.role));
  }

  handleRendezvousOpen(now: number): void {
    this.wasm.call('node_handle_rendezvous_open', now);
  }
  handleRendezvousMessage(message: Uint8Array, now: number): void {
    this.callWith(message, (length) => this.wasm.call('node_handle_rendezvous_message', length, now));
  }
  handleRendezvousClosed(now: number): void {
    this.wasm.call('node_handle_rendezvous_closed', now);
  }
  handleSignal(link: number, kind: SignalKind, signal: string, now: number): void {
    const bytes = text.encoder.encode(signal);
    this.callWith(bytes, (length) =>
      this.wasm.call('node_handle_signal', link, kSignalKinds.indexOf(kind), length, now),
    );
  }
  handleLinkOpen(link: number, now: number): void {
    this.wasm.call('node_handle_link_open', link, now);
  }
  handleLinkClosed(link: number, now: number): void {
    this.wasm.call('node_handle_link_closed', link, now);
  }
  handleLinkMessage(link: number, channel: ChannelName, message: Uint8Array, now: number): void {
    this.callWith(message, (length) =>
      this.wasm.call('node_handle_link_message', link, kChannels.indexOf(channel), length, now),
    );
  }
  /** @param bytes what waits in the voice channel below us */
  handleLinkBuffered(link: number, bytes: number, now: number): void {
    this.wasm.call('node_handle_link_buffered', link, bytes, now);
  }
  handleTime(now: number): void {
    this.wasm.call('node_handle_time', now);
  }

  speak(frame: Uint8Array, endsSpurt: boolean, now: number): void {
    this.callWith(frame, (length) => this.wasm.call('node_speak', length, Number(endsSpurt), now));
  }
  setName(name: string, now: number): void {
    this.callWith(text.encoder.encode(name), (length) => this.wasm.call('node_set_name', length, now));
  }
  setMuted(muted: boolean, now: number): void {
    this.wasm.call('node_set_muted', Number(muted), now);
  }
  setRole(role: PeerRole, now: number): void {
    this.wasm.call('node_set_role', kRoles.indexOf(role), now);
  }
  /** For ourselves alone: nothing of what they say or write comes from this call on. @param peer their id, here or not */
  setBlocked(peer: string, blocked: boolean, now: number): void {
    this.callWith(bytesOf(peer), () => this.wasm.call('node_set_blocked', Number(blocked), now));
  }
  /** They get nothing of our voice; what we write, they do. */
  setWithheld(peer: string, withheld: boolean, now: number): void {
    this.callWith(bytesOf(peer), () => this.wasm.call('node_set_withheld', Number(withheld), now));
  }
  /** To everybody here and those who come later; not delivered to ourselves. */
  publish(body: Uint8Array, now: number): Published {
    const length = this.wasm.put(body);
    return length === null ? 'emptyOrTooLong' : named(kPublished, this.wasm.call('node_publish', length, now));
  }
  leave(now: number): void {
    this.wasm.call('node_leave', now);
  }

  /** Milliseconds on the caller's clock; Infinity: nothing is planned. */
  nextDeadline(): number {
    return this.wasm.call('node_next_deadline');
  }

  stats(): NodeStats {
    return collectStats(kNodeStats, (which) => this.wasm.call('node_stat', which));
  }

  /** The room as this peer knows it, for decodeRoomView; a copy. */
  view(): Uint8Array<ArrayBuffer> {
    const length = this.wasm.call('node_view');
    return this.wasm.at(this.wasm.call('node_view_bytes'), length).slice();
  }

  poll(): NodeOutput | null {
    if (this.wasm.call('node_poll') === 0) return null;
    const words = this.wasm.words(this.wasm.call('node_output'), 6);
    const [kind = 0, a = 0, b = 0, c = 0, pointer = 0, length = 0] = words;
    return readOutput(kind, a, b, c, this.wasm.at(pointer, length));
  }

  // What does not fit the scratch buffer (256 KiB) is longer than any valid message: dropped, as the node would.
  private callWith(bytes: Uint8Array, call: (length: number) => void): void {
    const length = this.wasm.put(bytes);
    if (length !== null) call(length);
  }
}

function readOutput(kind: number, a: number, b: number, c: number, payload: Uint8Array<ArrayBuffer>): NodeOutput {
  const words = (): string => text.decoder.decode(payload);
  switch (kind) {
    case 1:
      return { kind: 'openRendezvous' };
    case 2:
      return { kind: 'sendRendezvous', message: payload };
    case 3:
      return { kind: 'closeRendezvous' };
    case 4:
      return { kind: 'createLink', link: a, role: b === 0 ? 'offers' : 'answers' };
    case 5:
      return { kind: 'applySignal', link: a, signal: named(kSignalKinds, b), text: words() };
    case 6:
      return { kind: 'closeLink', link: a };
    case 7:
      return { kind: 'sendOnLink', link: a, channel: named(kChannels, b), message: payload };
    case 8:
      return { kind: 'deliverFrame', peer: a, sequenceLow: b, sequenceHigh: c, frame: payload };
    case 9:
      return { kind: 'rendezvousChanged', state: named(kRendezvousStates, a), retryInMs: b, reason: words() };
    case 10:
    case 11:
      return {
        kind: kind === 10 ? 'peerJoined' : 'peerChanged',
        peer: a,
        muted: b !== 0,
        id: hex(payload.subarray(0, kPeerIdBytes)),
        name: text.decoder.decode(payload.subarray(kPeerIdBytes)),
      };
    case 12:
      return { kind: 'peerLeft', peer: a, lost: b === 1 };
    case 13:
      return { kind: 'peerLinkChanged', peer: a, state: named(kLinkStates, b), rttMs: c === kRttUnknown ? null : c / 1000 };
    case 14:
      return { kind: 'iceServers', urls: words().split('\n').filter((url) => url !== '') };
    case 15:
      return { kind: 'self', id: hex(payload) };
    case 16:
      return { kind: 'lossReported', percent: a };
    case 17:
      return readNote(a, payload);
    default:
      throw new Error(`node.wasm gave an output of unknown kind ${kind}`);
  }
}

function readNote(peer: number, payload: Uint8Array<ArrayBuffer>): DeliverNote {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return {
    kind: 'deliverNote',
    peer: peer === 0 ? null : peer,
    author: hex(payload.subarray(0, kPeerIdBytes)),
    number: view.getUint32(kPeerIdBytes, true),
    atMs: view.getFloat64(kPeerIdBytes + 4, true),
    missingBefore: view.getUint16(kPeerIdBytes + 12, true),
    body: payload.slice(kNoteHeadBytes),
  };
}

function named<Name>(names: readonly Name[], index: number): Name {
  const name = names[index];
  if (name === undefined) throw new RangeError(`node.wasm gave ${index}, where only ${names.join(', ')} are known`);
  return name;
}
