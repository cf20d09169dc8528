// The bench's page: clicks go alternately into a chain of Grove's peers and into a chain of RTP connections, and everybody
// on both chains listens. All in one AudioContext; every delay is counted in its samples, from the click entering the
// speaker's capture side to the click leaving the playout side of the listener after one hop, two hops, ….
import { findClick } from '../mouth_to_ear/find_click.ts';
import { Recorder } from '../mouth_to_ear/recorder.ts';
import { carrier, click, generator, kClickSeconds } from '../mouth_to_ear/signal.ts';
import { GroveChain, type ChainStats } from './grove_chain.ts';
import { RtpChain } from './rtp_chain.ts';

export interface Settings {
  rounds: number; // each with chains of its own: buffers settle a little differently every time
  clicks: number; // into each chain, in a round
  hops: number;
  warmUpSeconds: number;
}

export interface Result {
  rounds: Round[];
  rate: number;
}

export interface Round {
  ours: Side;
  peer: Side;
  figures: ChainStats; // of ours, while clicks were sent
}

/** By hops − 1. */
export interface Side {
  delaysMs: number[][];
  lost: number[]; // clicks that were not found
  moved: number; // heard by somebody whose place in the tree was about to change: not counted
}

const kGapSeconds = 0.5; // between clicks, and up to 0.1 more: no rhythm that a frame could fall in with
const kDelayMaxSeconds = 0.9; // less than two gaps: clicks of one chain
const kLikenessMin = 0.5; // find_click.test.ts: no click looks more alike than that in noise; through Opus they have 0.8 and more

async function measure({ rounds, ...settings }: Settings): Promise<Result> {
  const context = new AudioContext({ latencyHint: 'interactive' });
  await context.resume();
  const result: Result = { rounds: [], rate: context.sampleRate };
  for (let i = 0; i < rounds; i++) result.rounds.push(await measureRound(context, settings));
  return result;
}

async function measureRound(context: AudioContext, settings: Omit<Settings, 'rounds'>): Promise<Round> {
  const [ours, peer] = await Promise.all([GroveChain.open(context, settings.hops), RtpChain.open(context, settings.hops)]);
  const chains = [ours, peer] as const;

  // Both mouths get the carrier; a click goes to one of them, and to the recorder, so that its time is known to the sample.
  const noise = new AudioBufferSourceNode(context, { buffer: bufferOf(context, carrier(context.sampleRate, 10)), loop: true });
  for (const chain of chains) noise.connect(chain.mouth);
  noise.start();
  await passed(context, context.currentTime + settings.warmUpSeconds);

  const recorder = await Recorder.open(context, 1 + 2 * settings.hops);
  const source = new GainNode(context);
  source.connect(recorder.node, 0, 0);
  [...ours.ears, ...peer.ears].forEach((ear, i) => ear.connect(recorder.node, 0, 1 + i));
  const before = await ours.stats();

  const shape = bufferOf(context, click(context.sampleRate));
  const random = generator(3);
  const sides: (0 | 1)[] = [];
  const trees = [await ours.hops()]; // before the first click, between it and the second, …
  let at = context.currentTime + 0.1;
  for (let i = 0; i < 2 * settings.clicks; i++) {
    const side = (i % 2) as 0 | 1;
    const node = new AudioBufferSourceNode(context, { buffer: shape });
    node.connect(chains[side].mouth);
    node.connect(source);
    node.start(at);
    sides.push(side);
    at += kGapSeconds + 0.05 + 0.05 * random();
    await passed(context, at - 0.1);
    trees.push(await ours.hops());
  }
  await passed(context, at + kDelayMaxSeconds);

  const after = await ours.stats();
  noise.stop();
  peer.close();
  await ours.close();
  recorder.close();
  const wires = Array.from({ length: 1 + 2 * settings.hops }, (_, i) => recorder.wire(i));
  // Grove may plan anew at any time: a click counts for those whose place was the same before and after it.
  const ourPlaces = sides.map((_, i) => (trees[i] ?? []).map((hops, who) => (trees[i + 1]?.[who] === hops ? hops : 0)));
  const peerPlaces = sides.map(() => peer.ears.map((_, i) => i + 1));
  return {
    ours: evaluate(context.sampleRate, sides, 0, wires[0], wires.slice(1, 1 + settings.hops), ourPlaces),
    peer: evaluate(context.sampleRate, sides, 1, wires[0], wires.slice(1 + settings.hops), peerPlaces),
    figures: {
      framesSpoken: after.framesSpoken - before.framesSpoken,
      copiesSent: after.copiesSent.map((count, i) => count - (before.copiesSent[i] ?? 0)),
      underruns: after.underruns - before.underruns,
      framesLate: after.framesLate - before.framesLate,
      framesConcealed: after.framesConcealed - before.framesConcealed,
    },
  };
}

/** @param places after how many hops each wire hears each click; 0: does not count */
function evaluate(rate: number, sides: readonly (0 | 1)[], mine: 0 | 1, said: Float32Array = new Float32Array(), wires: readonly Float32Array[], places: readonly (readonly number[])[]): Side {
  const shape = click(rate);
  const length = Math.round(kClickSeconds * rate);
  const outcome: Side = { delaysMs: wires.map(() => []), lost: wires.map(() => 0), moved: 0 };
  let from = 0;
  sides.forEach((side, number) => {
    while (from < said.length && said[from] === 0) from++;
    const near = Math.max(0, from - length);
    const start = near + findClick(said.subarray(near, near + 3 * length), shape).at; // exactly, by the same filter as the end
    from += 2 * length;
    if (side !== mine) return;
    const begin = Math.round(start);
    wires.forEach((wire, which) => {
      const hops = places[number]?.[which] ?? 0;
      if (hops === 0) return outcome.moved++;
      const found = findClick(wire.subarray(begin, begin + Math.round(kDelayMaxSeconds * rate)), shape);
      if (found.likeness >= kLikenessMin) return outcome.delaysMs[hops - 1]?.push(((begin + found.at - start) / rate) * 1000);
      return (outcome.lost[hops - 1] = (outcome.lost[hops - 1] ?? 0) + 1);
    });
  });
  return outcome;
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

// The driver sets the settings and clicks: sound starts in a gesture.
const scope = window as unknown as { settings: Settings; outcome?: Result | { error: string } };
document.querySelector('#go')?.addEventListener('click', () => {
  measure(scope.settings).then(
    (result) => (scope.outcome = result),
    (error: unknown) => (scope.outcome = { error: error instanceof Error ? `${error.message}\n${error.stack}` : String(error) }),
  );
});
