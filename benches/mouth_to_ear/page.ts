// The bench's page: clicks go alternately through Grove (two rooms, real Workers, real data channels, a real server) and
// through a plain WebRTC call. Both run all the time, in one AudioContext; every delay is counted in its samples, from the
// click entering the capture side to the click leaving the playout side.
import { joinRoom, newRoomLink, type PeerStats, type Room } from '@grove/client';
import { findClick } from './find_click.ts';
import { Recorder } from './recorder.ts';
import { carrier, click, generator, kClickSeconds } from './signal.ts';
import { WebRtcCall } from './webrtc_peer.ts';

export interface Settings {
  rounds: number; // each with rooms and a call of its own: buffers settle a little differently every time
  clicks: number; // of each, in a round
  warmUpSeconds: number;
}

export interface Result {
  rounds: Round[];
  rate: number;
  baseLatencyMs: number;
}

export interface Round {
  ours: Side;
  peer: Side;
  rttMs: number | null;
  buffers: { target: number; current: number; lead: number }[]; // ours, once a click
  quantumFrames: number;
  underruns: number; // of ours, while clicks were sent
  heard: PeerStats;
  peerBufferMs: number;
  peerCodec: string;
}

export interface Side {
  delaysMs: number[];
  missed: number; // clicks not found in what came out
}

const kGapSeconds = 0.3; // between clicks, and up to 0.1 more: no rhythm that a frame could fall in with
const kDelayMaxSeconds = 0.5;
const kLikenessMin = 0.5; // find_click.test.ts: no click looks more alike than that in noise; through Opus they have 0.8 and more

async function measure({ rounds, ...settings }: Settings): Promise<Result> {
  const context = new AudioContext({ latencyHint: 'interactive' });
  await context.resume();
  const results: Round[] = [];
  for (let i = 0; i < rounds; i++) results.push(await measureRound(context, settings));
  return { rounds: results, rate: context.sampleRate, baseLatencyMs: context.baseLatency * 1000 };
}

async function measureRound(context: AudioContext, settings: Omit<Settings, 'rounds'>): Promise<Round> {
  const recorder = await Recorder.open(context, 3);

  // Both mouths get the carrier; a click goes to one of them, and to the recorder, so that its time is known to the sample.
  const mouths = [new GainNode(context), new GainNode(context)] as const;
  const noise = new AudioBufferSourceNode(context, { buffer: bufferOf(context, carrier(context.sampleRate, 10)), loop: true });
  for (const mouth of mouths) noise.connect(mouth);
  noise.start();
  const source = new GainNode(context);
  source.connect(recorder.node, 0, 0);

  const link = newRoomLink(location.href);
  const ear = new GainNode(context);
  ear.connect(recorder.node, 0, 1);
  const seed = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));
  const speaker = await joinRoom(link, { name: 'Mouth', microphone: mouths[0], output: new GainNode(context), context, identity: seed() });
  const listener = await joinRoom(link, { name: 'Ear', microphone: null, output: ear, context, identity: seed() });
  await connected(listener);

  const call = await WebRtcCall.open(context);
  mouths[1].connect(call.mouth);
  call.ear.connect(recorder.node, 0, 2);

  await passed(context, context.currentTime + settings.warmUpSeconds);
  const { underruns } = (await listener.stats()).sound;
  const before = await call.jitterBuffer();

  const shape = bufferOf(context, click(context.sampleRate));
  const random = generator(3);
  const sides: (0 | 1)[] = [];
  const buffers: Round['buffers'] = [];
  let at = context.currentTime + 0.1;
  for (let i = 0; i < 2 * settings.clicks; i++) {
    const side = (i % 2) as 0 | 1;
    const node = new AudioBufferSourceNode(context, { buffer: shape });
    node.connect(mouths[side]);
    node.connect(source);
    node.start(at);
    sides.push(side);
    at += kGapSeconds + 0.05 + 0.05 * random();
    await passed(context, at - 0.1);
    const stats = await listener.stats();
    const heard = stats.peers[speaker.me.id];
    if (side === 0 && heard) buffers.push({ target: heard.targetDelayMs, current: heard.currentDelayMs, lead: stats.sound.leadMs });
  }
  await passed(context, at + kDelayMaxSeconds);

  const after = await call.jitterBuffer();
  const stats = await listener.stats();
  const heard = stats.peers[speaker.me.id];
  if (!heard) throw new Error('the listener never heard the speaker');
  const rttMs = listener.peers.get(speaker.me.id)?.rttMs ?? null;
  await Promise.all([speaker.leave(), listener.leave()]);
  call.close();
  noise.stop();
  recorder.close();
  return {
    ...evaluate(context.sampleRate, sides, [recorder.wire(0), recorder.wire(1), recorder.wire(2)]),
    rttMs,
    buffers,
    quantumFrames: stats.sound.quantumFrames,
    underruns: stats.sound.underruns - underruns,
    heard,
    peerBufferMs: (1000 * (after.seconds - before.seconds)) / (after.samples - before.samples),
    peerCodec: after.codec,
  };
}

function evaluate(rate: number, sides: readonly (0 | 1)[], [said, ours, peer]: readonly [Float32Array, Float32Array, Float32Array]): { ours: Side; peer: Side } {
  const result = { ours: { delaysMs: [], missed: 0 } as Side, peer: { delaysMs: [], missed: 0 } as Side };
  const shape = click(rate);
  const length = Math.round(kClickSeconds * rate);
  let from = 0;
  for (const side of sides) {
    while (from < said.length && said[from] === 0) from++;
    const near = Math.max(0, from - length);
    const start = near + findClick(said.subarray(near, near + 3 * length), shape).at; // exactly, by the same filter as the end
    const wire = side === 0 ? ours : peer;
    const begin = Math.round(start);
    const found = findClick(wire.subarray(begin, begin + Math.round(kGapSeconds * rate)), shape);
    const into = side === 0 ? result.ours : result.peer;
    if (found.likeness < kLikenessMin) into.missed++;
    else into.delaysMs.push(((begin + found.at - start) / rate) * 1000);
    from += 2 * length;
  }
  return result;
}

function bufferOf(context: AudioContext, samples: Float32Array<ArrayBuffer>): AudioBuffer {
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: context.sampleRate });
  buffer.copyToChannel(samples, 0);
  return buffer;
}

/** Resolves when the sound card's clock has reached `time`. */
function passed(context: AudioContext, time: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => void (context.currentTime >= time ? resolve() : setTimeout(look, 20));
    look();
  });
}

function connected(room: Room): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if ([...room.peers.values()].some((peer) => peer.link === 'connected')) resolve();
    };
    room.addEventListener('change', look);
    look();
  });
}

// The driver sets the settings and clicks: sound starts in a gesture.
const scope = window as unknown as { settings?: Settings; outcome?: Result | { error: string } };
document.querySelector('#go')?.addEventListener('click', () => {
  measure(scope.settings ?? { rounds: 4, clicks: 15, warmUpSeconds: 6 }).then(
    (result) => (scope.outcome = result),
    (error: unknown) => (scope.outcome = { error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) }),
  );
});
