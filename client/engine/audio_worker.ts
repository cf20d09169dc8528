// Runs voice.wasm between the sound card's rings and the network Worker's. It sleeps on one bell, which every writer of
// its pipes strikes; while it sleeps it hears no message events, so commands come through a pipe too. Where the page is
// not cross-origin isolated the pipes are ports, and each arrival runs one turn.
import { Bell } from '../sound/bell.ts';
import { CardClock } from '../sound/card_clock.ts';
import { LeadPolicy } from '../sound/lead_policy.ts';
import { openMessageReader, openMessageWriter, openPcmReader } from '../sound/pipes.ts';
import { kUnknown, openPlayoutWriter, type Gauge, type PlayoutWriter } from '../sound/playout_pipe.ts';
import type { MessageReader, MessageWriter, PcmReader } from '../sound/rings.ts';
import {
  decodeCommand,
  decodeFrame,
  type AudioCommand,
  type FromAudio,
  type LevelRow,
  type StartAudio,
} from './messages.ts';
import { rehearse } from './rehearsal.ts';
import { VoiceModule } from './voice_module.ts';
import { guarded, workerScope } from './worker_scope.ts';

const kLevelsEveryMs = 66; // 15 a second
const kBacklogMaxMs = 240; // guess: what a listener's jitter buffer can swallow; older microphone sound helps nobody
const kBacklogKeptMs = 20; // a frame
const kSleepMaxMs = 250; // while the sound card is silent too: levels still fall
const kSleepMinMs = 0.3; // when the ring is as full as it may be
const kAheadMaxMs = 85; // of the sound card: the lead's limit and its largest burst; half of the ring

const scope = workerScope<StartAudio, FromAudio>();

scope.onmessage = guarded(scope, ({ data }: MessageEvent<StartAudio>) => {
  const host = new AudioHost(data);
  scope.postMessage({ kind: 'ready' });
  if (data.bell) host.run(new Bell(data.bell));
});

class AudioHost {
  private readonly voice: VoiceModule;
  private readonly commands: MessageReader;
  private readonly capture: PcmReader;
  private readonly playout: PlayoutWriter;
  private readonly framesIn: MessageReader;
  private readonly framesOut: MessageWriter;
  private readonly lead: LeadPolicy;
  private readonly clock: CardClock;
  private read = 0; // frames that the sound card took, and
  private written = 0; // that it was given, since the start
  private readonly peers = new Set<number>();
  private readonly removed = new Set<number>(); // a last frame may still wait in the pipe; numbers are never used again
  private gauge: Gauge = { quantum: 256, read: 0, underruns: 0, missing: 0, lowWater: kUnknown };
  private frameQueueDrops = 0;
  private captureSkipped = 0; // samples
  private levelsAt = 0;

  constructor(private readonly start: StartAudio) {
    const turn = guarded(scope, () => this.turn());
    rehearse(start.module, start.rate);
    this.voice = new VoiceModule(start.module, start.rate);
    this.commands = openMessageReader(start.commands, turn);
    this.capture = openPcmReader(start.capture, turn);
    this.playout = openPlayoutWriter(start.playout, turn);
    this.framesIn = openMessageReader(start.framesIn, turn);
    this.framesOut = openMessageWriter(start.framesOut);
    this.lead = new LeadPolicy(start.rate);
    this.clock = new CardClock(start.rate);
  }

  /** Never returns: the main thread terminates this Worker. */
  run(bell: Bell): never {
    this.skipMicrophone();
    for (;;) {
      const seen = bell.count();
      this.turn();
      const untilFill = Math.max(this.nextFill() - performance.now(), kSleepMinMs);
      bell.sleep(seen, Math.min(untilFill, kSleepMaxMs));
    }
  }

  private turn(): void {
    for (let bytes = this.commands.pop(); bytes; bytes = this.commands.pop()) this.obey(decodeCommand(bytes));
    this.takeFrames();
    this.fillPlayout(); // before the microphone: an encoder step must not make the sound card wait
    this.takeMicrophone();
    this.tellLevels();
  }

  private takeFrames(): void {
    for (let bytes = this.framesIn.pop(); bytes; bytes = this.framesIn.pop()) {
      const { peer, sequenceLow, sequenceHigh, frame } = decodeFrame(bytes);
      if (this.removed.has(peer)) continue;
      this.peers.add(peer);
      this.voice.handleFrame(peer, sequenceLow, sequenceHigh, frame, performance.now());
    }
  }

  private fillPlayout(): void {
    const now = performance.now();
    const before = this.gauge.read;
    this.gauge = this.playout.takeGauge();
    const { quantum, read, missing, lowWater } = this.gauge;
    this.read += ((read - before) >>> 0) / 2;
    const wasRunning = this.clock.running;
    this.clock.observe(this.read, now);
    if (wasRunning && !this.clock.running) this.lead.restart();
    this.lead.observe(
      { quantum: quantum / 2, missing: missing / 2, lowWater: lowWater === kUnknown ? Infinity : lowWater / 2 },
      now,
    );
    const due = this.clock.running ? Math.max(this.clock.due(now), this.read) : this.read;
    const wanted = Math.min(due + this.lead.frames, this.read + this.samplesOf(kAheadMaxMs)) - this.written;
    if (wanted < quantum / 2) return; // not for every few frames
    const frames = Math.min(Math.ceil(wanted), this.voice.samplesMax / 2);
    if (this.playout.write(this.voice.pullAudio(frames, now))) this.written += frames;
  }

  /** When there will be something to write, if nothing else happens before. */
  private nextFill(): number {
    if (!this.clock.running) return Infinity;
    return this.clock.timeOf(this.written + this.gauge.quantum / 2 - this.lead.frames);
  }

  private takeMicrophone(): void {
    if (this.capture.waiting() > this.samplesOf(kBacklogMaxMs)) this.skipMicrophone();
    for (let waiting = this.capture.waiting(); waiting > 0; waiting = this.capture.waiting()) {
      this.voice.handlePcm(this.capture.read(this.voice.pcm(waiting)));
      for (let frame = this.voice.pollFrame(); frame; frame = this.voice.pollFrame()) {
        if (!this.framesOut.push(frame)) this.frameQueueDrops += 1;
        if (this.start.doorbellNeeded) this.start.doorbell.postMessage(null);
      }
    }
  }

  // After a stall of this thread, and at the start, when the sound card may have been running long before.
  private skipMicrophone(): void {
    for (let excess = 1; excess > 0; ) {
      excess = this.capture.waiting() - this.samplesOf(kBacklogKeptMs);
      if (excess > 0) this.captureSkipped += this.capture.read(this.voice.pcm(excess));
    }
  }

  private samplesOf(milliseconds: number): number {
    return Math.round((milliseconds / 1000) * this.start.rate);
  }

  private tellLevels(): void {
    const now = performance.now();
    if (now - this.levelsAt < kLevelsEveryMs) return;
    this.levelsAt = now;
    const me = this.voice.mouthLevel();
    scope.postMessage({
      kind: 'levels',
      me: [0, me.level, me.speaking],
      peers: Array.from(this.peers, (peer): LevelRow => {
        const { level, speaking } = this.voice.earLevel(peer);
        return [peer, level, speaking];
      }),
    });
  }

  private obey({ kind, peer, value }: AudioCommand): void {
    switch (kind) {
      case 'volumeDb':
        return this.voice.setVolumeDb(peer, value);
      case 'silenced':
        return this.voice.setSilenced(peer, value !== 0);
      case 'pan':
        return this.voice.setPan(peer, value);
      case 'blocked':
        return this.voice.setBlocked(peer, value !== 0);
      case 'removePeer':
        this.peers.delete(peer);
        this.removed.add(peer);
        return this.voice.removePeer(peer);
      case 'mute':
        return this.voice.setMouthMuted(value !== 0);
      case 'expectedLoss':
        return this.voice.setExpectedLoss(value);
      case 'stats':
        return this.tellStats(value);
    }
  }

  private tellStats(request: number): void {
    scope.postMessage({
      kind: 'stats',
      request,
      sound: {
        sampleRate: this.start.rate,
        quantumFrames: this.gauge.quantum / 2,
        leadMs: (this.lead.frames / this.start.rate) * 1000,
        underruns: this.gauge.underruns,
        underrunFrames: this.gauge.missing / 2,
        captureSkipped: this.captureSkipped,
        ...this.voice.mouthStats(),
      },
      frameQueueDrops: this.frameQueueDrops,
      peers: Array.from(this.peers, (peer) => [peer, this.voice.peerStats(peer)]),
    });
  }
}
