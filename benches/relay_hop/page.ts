// The bench's page: clicks go alternately into a chain of Grove's peers and into a chain of RTP connections, and everybody
// on both chains listens. All in one AudioContext; every delay is counted in its samples, from the click entering the
// speaker's capture side to the click leaving the playout side of the listener after one hop, two hops, ….
import { findClick } from '../mouth_to_ear/find_click.ts';
import { Recorder } from '../mouth_to_ear/recorder.ts';
import { carrier, click, generator, kClickSeconds } from '../mouth_to_ear/signal.ts';
import { GroveChain } from './grove_chain.ts';
import { RtpChain } from './rtp_chain.ts';

export interface Settings {
  rounds: number; // each with chains of its own: buffers settle a little differently every time
  clicks: number; // into each chain, in a round
  hops: number;
  warmUpSeconds: number;
}

export interface Result {
  rounds: Round[];
  discarded: number; // rounds in which Grove planned its tree anew
  rate: number;
}

export interface Round {
  ours: Side;
  peer: Side;
  trouble: { underruns: number; framesLate: number; framesConcealed: number }; // of all our listeners, while clicks were sent
}

/** [hop − 1] → delays in ms. A click that was not found is not in it. */
export type Side = number[][];

const kGapSeconds = 0.5; // between clicks, and up to 0.1 more: no rhythm that a frame could fall in with
const kDelayMaxSeconds = 0.9; // less than two gaps: clicks of one chain
const kLikenessMin = 0.5; // find_click.test.ts: no click looks more alike than that in noise; through Opus they have 0.8 and more

async function measure({ rounds, ...settings }: Settings): Promise<Result> {
  const context = new AudioContext({ latencyHint: 'interactive' });
  await context.resume();
  const result: Result = { rounds: [], discarded: 0, rate: context.sampleRate };
  while (result.rounds.length < rounds) {
    const round = await measureRound(context, settings);
    if (round) result.rounds.push(round);
    else if (++result.discarded > rounds) throw new Error('the tree does not stand still');
  }
  return result;
}

async function measureRound(context: AudioContext, settings: Omit<Settings, 'rounds'>): Promise<Round | null> {
  const [ours, peer] = await Promise.all([GroveChain.open(context, settings.hops), RtpChain.open(context, settings.hops)]);
  const chains = [ours, peer] as const;

  // Both mouths get the carrier; a click goes to one of them, and to the recorder, so that its time is known to the sample.
  const noise = new AudioBufferSourceNode(context, { buffer: bufferOf(context, carrier(context.sampleRate, 10)), loop: true });
  for (const chain of chains) noise.connect(chain.mouth);
  noise.start();
  await passed(context, context.currentTime + settings.warmUpSeconds);

  const order = await ours.ears();
  const recorder = await Recorder.open(context, 1 + 2 * settings.hops);
  const source = new GainNode(context);
  source.connect(recorder.node, 0, 0);
  [...order, ...peer.ears].forEach((ear, i) => ear.connect(recorder.node, 0, 1 + i));
  const before = await ours.stats();

  const shape = bufferOf(context, click(context.sampleRate));
  const random = generator(3);
  const sides: (0 | 1)[] = [];
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
  }
  await passed(context, at + kDelayMaxSeconds);

  const after = await ours.stats();
  const stands = (await ours.ears()).every((ear, i) => ear === order[i]);
  noise.stop();
  peer.close();
  await ours.close();
  recorder.close();
  const wires = Array.from({ length: 1 + 2 * settings.hops }, (_, i) => recorder.wire(i));
  if (!stands) return null;
  return {
    ours: evaluate(context.sampleRate, sides, 0, wires[0], wires.slice(1, 1 + settings.hops)),
    peer: evaluate(context.sampleRate, sides, 1, wires[0], wires.slice(1 + settings.hops)),
    trouble: {
      underruns: after.underruns - before.underruns,
      framesLate: after.framesLate - before.framesLate,
      framesConcealed: after.framesConcealed - before.framesConcealed,
    },
  };
}

function evaluate(rate: number, sides: readonly (0 | 1)[], mine: 0 | 1, said: Float32Array = new Float32Array(), wires: readonly Float32Array[]): Side {
  const shape = click(rate);
  const length = Math.round(kClickSeconds * rate);
  const delays: Side = wires.map(() => []);
  let from = 0;
  for (const side of sides) {
    while (from < said.length && said[from] === 0) from++;
    const near = Math.max(0, from - length);
    const start = near + findClick(said.subarray(near, near + 3 * length), shape).at; // exactly, by the same filter as the end
    from += 2 * length;
    if (side !== mine) continue;
    const begin = Math.round(start);
    wires.forEach((wire, hop) => {
      const found = findClick(wire.subarray(begin, begin + Math.round(kDelayMaxSeconds * rate)), shape);
      if (found.likeness >= kLikenessMin) delays[hop]?.push(((begin + found.at - start) / rate) * 1000);
    });
  }
  return delays;
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
