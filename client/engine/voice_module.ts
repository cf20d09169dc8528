// voice.wasm with types: core/voice/voice.h, seen through wasm/voice_exports.cpp.
import { collectStats, kPeerStats, type PeerStats } from '../stats.ts';
import { WasmInstance } from './wasm.ts';

export interface VoiceLevel {
  level: number; // dBFS, -100: silence
  speaking: boolean;
}

export class VoiceModule {
  private readonly wasm: WasmInstance;
  /** How many samples go into the module, or come out of it, at once. */
  readonly samplesMax: number;

  constructor(module: WebAssembly.Module, rate: number) {
    this.wasm = new WasmInstance(module, 'voice_scratch');
    this.samplesMax = this.wasm.scratchBytes / 4;
    this.wasm.call('mouth_open', rate);
    this.wasm.call('ear_open', rate);
  }

  /** Where to put microphone samples before handlePcm; good until the next call. */
  pcm(samples: number): Float32Array<ArrayBuffer> {
    return this.wasm.scratchFloats(Math.min(samples, this.samplesMax));
  }
  handlePcm(samples: number): void {
    this.wasm.call('mouth_handle_pcm', samples);
  }
  /** A view, good until the next call; null: no more. */
  pollFrame(): Uint8Array<ArrayBuffer> | null {
    const length = this.wasm.call('mouth_poll_frame');
    return length > 0 ? this.wasm.scratch(length) : null;
  }
  setMouthMuted(muted: boolean): void {
    this.wasm.call('mouth_set_muted', Number(muted));
  }
  /** @param percent what listeners miss: feeds Opus' redundancy */
  setExpectedLoss(percent: number): void {
    this.wasm.call('mouth_set_expected_loss', percent);
  }
  mouthLevel(): VoiceLevel {
    return { level: this.wasm.call('mouth_level_dbfs'), speaking: this.wasm.call('mouth_is_speaking') !== 0 };
  }
  mouthStats(): { framesEncoded: number; framesSilent: number } {
    return { framesEncoded: this.wasm.call('mouth_stat', 0), framesSilent: this.wasm.call('mouth_stat', 1) };
  }

  handleFrame(peer: number, sequenceLow: number, sequenceHigh: number, frame: Uint8Array, now: number): void {
    const length = this.wasm.put(frame);
    if (length !== null) this.wasm.call('ear_handle_frame', peer, sequenceLow, sequenceHigh, length, now);
  }
  /** @returns left, right, left, …: a view, good until the next call */
  pullAudio(frames: number, now: number): Float32Array<ArrayBuffer> {
    this.wasm.call('ear_pull_audio', frames, now);
    return this.wasm.scratchFloats(2 * frames);
  }
  removePeer(peer: number): void {
    this.wasm.call('ear_remove_peer', peer);
  }
  setVolumeDb(peer: number, db: number): void {
    this.wasm.call('ear_set_volume_db', peer, db);
  }
  setSilenced(peer: number, silenced: boolean): void {
    this.wasm.call('ear_set_muted', peer, Number(silenced));
  }
  setBlocked(peer: number, blocked: boolean): void {
    this.wasm.call('ear_set_blocked', peer, Number(blocked));
  }
  setPan(peer: number, pan: number): void {
    this.wasm.call('ear_set_pan', peer, pan);
  }
  earLevel(peer: number): VoiceLevel {
    return { level: this.wasm.call('ear_level_dbfs', peer), speaking: this.wasm.call('ear_is_speaking', peer) !== 0 };
  }
  peerStats(peer: number): PeerStats {
    return collectStats(kPeerStats, (which) => this.wasm.call('ear_stat', peer, which));
  }
}
