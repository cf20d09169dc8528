// What the threads tell each other. Objects travel by postMessage; what goes to the audio Worker after its start, and
// frames, are bytes in pipes, because a Worker asleep in Atomics.wait hears no message event.
import type { Block } from '../block_store.ts';
import type { PeerRole } from '../room_picture.ts';
import type { PeerStats, NodeStats, SoundStats } from '../stats.ts';
import type { PipeEnd } from '../sound/pipes.ts';
import type { PlayoutEnd } from '../sound/playout_pipe.ts';
import type { NodeConfig, NodeOutput, Published, SignalKind } from './node_module.ts';

// --- main → network Worker -------------------------------------------------------------------------------------------

export type ToNetwork =
  | {
      kind: 'start';
      module: WebAssembly.Module;
      config: NodeConfig;
      rendezvous: string; // URL
      muted: boolean;
      blocks: readonly PeerBlock[]; // told to the node before anything else
      framesIn: PipeEnd; // from the audio Worker
      framesOut: PipeEnd;
      doorbell: MessagePort; // struck by the audio Worker where this one cannot listen to a bell
      gone: SharedArrayBuffer | null; // one word, set to 1 when the goodbye is out
    }
  | { kind: 'channels'; link: number; control: RTCDataChannel; voice: RTCDataChannel }
  | { kind: 'pumpedChannels'; link: number; control: MessagePort; voice: MessagePort }
  | { kind: 'signal'; link: number; signal: SignalKind; text: string }
  | { kind: 'linkClosed'; link: number }
  | { kind: 'setName'; name: string }
  | { kind: 'setMuted'; muted: boolean }
  | { kind: 'setRole'; role: PeerRole }
  | { kind: 'setBlock'; block: PeerBlock }
  | { kind: 'publish'; request: number; body: Uint8Array<ArrayBuffer> }
  | { kind: 'stats'; request: number }
  | { kind: 'view'; request: number }
  | { kind: 'leave' };

export interface PeerBlock extends Block {
  id: string; // of the peer, here or not
}

// --- network Worker → main -------------------------------------------------------------------------------------------

/** Outputs of the node that concern the main thread. */
export type ForMain = Extract<
  NodeOutput,
  {
    kind:
      | 'createLink'
      | 'applySignal'
      | 'closeLink'
      | 'rendezvousChanged'
      | 'peerJoined'
      | 'peerChanged'
      | 'peerLeft'
      | 'peerLinkChanged'
      | 'deliverNote'
      | 'lossReported'
      | 'iceServers'
      | 'self';
  }
>;

export type FromNetwork =
  | ForMain
  | { kind: 'stats'; request: number; node: NodeStats; frameQueueDrops: number }
  | { kind: 'published'; request: number; outcome: Published }
  | { kind: 'view'; request: number; bytes: Uint8Array<ArrayBuffer> } // for decodeRoomView
  | { kind: 'left' }
  | { kind: 'failed'; reason: string };

// --- main → audio Worker ---------------------------------------------------------------------------------------------

export interface StartAudio {
  kind: 'start';
  module: WebAssembly.Module;
  rate: number; // Hz, of the AudioContext
  bell: SharedArrayBuffer | null; // null: pipes are ports, and the Worker lives by their events
  commands: PipeEnd;
  capture: PipeEnd;
  playout: PlayoutEnd;
  framesIn: PipeEnd; // from the network Worker
  framesOut: PipeEnd;
  doorbell: MessagePort; // to the network Worker
  doorbellNeeded: boolean;
}

export type AudioCommand = {
  kind: 'volumeDb' | 'silenced' | 'pan' | 'blocked' | 'removePeer' | 'mute' | 'expectedLoss' | 'stats';
  peer: number; // 0 where it means nothing
  value: number; // dB, 0 or 1, -1 … 1, percent, or the number of a request
};

const kCommandKinds = ['volumeDb', 'silenced', 'pan', 'blocked', 'removePeer', 'mute', 'expectedLoss', 'stats'] as const;
const kCommandBytes = 16; // u32 kind, u32 peer, f64 value

export function encodeCommand(command: AudioCommand): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(kCommandBytes));
  view.setUint32(0, kCommandKinds.indexOf(command.kind), true);
  view.setUint32(4, command.peer, true);
  view.setFloat64(8, command.value, true);
  return new Uint8Array(view.buffer);
}

export function decodeCommand(bytes: Uint8Array): AudioCommand {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = kCommandKinds[view.getUint32(0, true)];
  if (!kind) throw new RangeError('a command of unknown kind');
  return { kind, peer: view.getUint32(4, true), value: view.getFloat64(8, true) };
}

// --- audio Worker → main ---------------------------------------------------------------------------------------------

export type FromAudio =
  | { kind: 'ready' }
  | { kind: 'levels'; me: LevelRow; peers: LevelRow[] }
  | {
      kind: 'stats';
      request: number;
      sound: Omit<SoundStats, 'captureOverruns' | 'frameQueueDrops'>;
      frameQueueDrops: number;
      peers: [peer: number, stats: PeerStats][];
    }
  | { kind: 'failed'; reason: string };

export type LevelRow = [peer: number, level: number, speaking: boolean];

// --- network Worker → audio Worker -----------------------------------------------------------------------------------

export interface ArrivedFrame {
  peer: number;
  sequenceLow: number;
  sequenceHigh: number;
  frame: Uint8Array;
}

const kFrameHeaderBytes = 12; // u32 peer, u32 sequence low, u32 high

export function encodeFrame(arrived: ArrivedFrame): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(kFrameHeaderBytes + arrived.frame.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, arrived.peer, true);
  view.setUint32(4, arrived.sequenceLow, true);
  view.setUint32(8, arrived.sequenceHigh, true);
  bytes.set(arrived.frame, kFrameHeaderBytes);
  return bytes;
}

export function decodeFrame(bytes: Uint8Array): ArrivedFrame {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    peer: view.getUint32(0, true),
    sequenceLow: view.getUint32(4, true),
    sequenceHigh: view.getUint32(8, true),
    frame: bytes.subarray(kFrameHeaderBytes),
  };
}
