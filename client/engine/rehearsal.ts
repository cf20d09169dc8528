// Speaks and hears a few syllables before the first real one, in an instance of the module that is then thrown away.
//
// Engines compile a WASM function when it is first called, and all instances of a module share the outcome. Without this the
// first word pays for it: first encoder step 10 to 130 ms instead of 1, first decoder step 5 to 60 instead of 0.2 (measured, idle
// and busy machine), with an underrun and a jitter buffer that believes in a bad path.
import { VoiceModule } from './voice_module.ts';

const kFrameMs = 20;
const kFrames = 30; // 0.6 s of sound: spurt, pause, spurt; about 40 ms of work
const kPeer = 1;

export function rehearse(module: WebAssembly.Module, rate: number): void {
  const voice = new VoiceModule(module, rate);
  const perFrame = Math.round((rate * kFrameMs) / 1000);
  let sequence = 0;
  let held: Uint8Array[] = [];
  for (let turn = 0; turn < kFrames; turn++) {
    const pcm = voice.pcm(perFrame);
    pcm.forEach((_, i) => (pcm[i] = syllables(turn * perFrame + i, rate)));
    voice.handlePcm(perFrame);
    for (let frame = voice.pollFrame(); frame; frame = voice.pollFrame()) held.push(frame.slice());
    // Some frames come in a bunch, one never comes: stretching, recovery and concealment are rehearsed too.
    if (turn % 6 === 2) continue;
    for (const frame of held) if (++sequence % 9 !== 0) voice.handleFrame(kPeer, sequence, 0, frame, turn * kFrameMs);
    held = [];
    for (let part = 0; part < 4; part++) voice.pullAudio(perFrame / 4, turn * kFrameMs + (part * kFrameMs) / 4);
    voice.earLevel(kPeer);
  }
  voice.peerStats(kPeer);
}

/** A buzz with overtones and some noise, which the gate takes for speech, with pauses. */
function syllables(sample: number, rate: number): number {
  const t = sample / rate;
  if (t % 0.4 > 0.3) return 0;
  const noise = (((sample * 1103515245 + 12345) >>> 8) & 0xffff) / 0x8000 - 1;
  return 0.2 * ((140 * t) % 1) - 0.1 + 0.03 * noise;
}
