import { describe, expect, it } from 'vitest';
import { until } from '../testing/turns.ts';
import { Bell, makeBell } from './bell.ts';
import { openMessageReader, openMessageWriter, openPcmReader, openPcmWriter, type PipeEnd } from './pipes.ts';
import { kUnknown, makeGauge, openPlayoutReader, openPlayoutWriter, type PlayoutEnd } from './playout_pipe.ts';
import { makeMessageRing, makePcmRing } from './rings.ts';

interface Kind {
  name: string;
  open(ring: SharedArrayBuffer): { writer: PipeEnd; reader: PipeEnd };
}

const kKinds: Kind[] = [
  {
    name: 'ring',
    open: (ring) => {
      const bell = makeBell();
      return { writer: { kind: 'ring', ring, bell }, reader: { kind: 'ring', ring, bell } };
    },
  },
  {
    name: 'port',
    open: () => {
      const { port1, port2 } = new MessageChannel();
      return { writer: { kind: 'port', port: port1 }, reader: { kind: 'port', port: port2 } };
    },
  },
];

function closePorts(...ends: PipeEnd[]): void {
  for (const end of ends) if (end.kind === 'port') end.port.close();
}

describe.each(kKinds)('a pipe over a $name', ({ open }) => {
  it('carries_samples_across_block_borders', async () => {
    const { writer, reader } = open(makePcmRing(64));
    const input = openPcmWriter(writer);
    const output = openPcmReader(reader, () => undefined);
    input.write(Float32Array.of(1, 2, 3));
    input.write(Float32Array.of(4, 5));
    await until(() => output.waiting() === 5);
    const into = new Float32Array(4);
    expect(output.read(into)).toBe(4);
    expect(Array.from(into)).toEqual([1, 2, 3, 4]);
    expect(output.read(into)).toBe(1);
    expect(into[0]).toBe(5);
    expect(output.waiting()).toBe(0);
    closePorts(writer, reader);
  });

  it('carries_messages_and_keeps_the_writers_own_bytes', async () => {
    const { writer, reader } = open(makeMessageRing(256));
    const input = openMessageWriter(writer);
    const output = openMessageReader(reader, () => undefined);
    const message = Uint8Array.of(1, 2, 3);
    input.push(message);
    message.fill(9);
    input.push(message);
    const got: Uint8Array[] = [];
    await until(() => {
      for (let next = output.pop(); next; next = output.pop()) got.push(next);
      return got.length === 2;
    });
    expect(got).toEqual([Uint8Array.of(1, 2, 3), Uint8Array.of(9, 9, 9)]);
    closePorts(writer, reader);
  });

  it('tells_the_playout_writer_what_was_missing_and_how_little_was_left', async () => {
    const { writer, reader } = open(makePcmRing(1024));
    const gauge = writer.kind === 'ring' ? makeGauge() : null;
    const engine = openPlayoutWriter({ pipe: writer, gauge }, () => undefined);
    const card = openPlayoutReader({ pipe: reader, gauge } satisfies PlayoutEnd);
    const quantum = new Float32Array(8);
    expect(card.read(quantum)).toBe(0); // nothing was ever there: no underrun yet
    engine.write(new Float32Array(20).fill(1));
    await until(() => card.waiting() === 20);
    card.read(quantum);
    card.read(quantum);
    await until(() => engine.waiting() === 4);
    expect(engine.takeGauge()).toEqual({ quantum: 8, read: 16, underruns: 0, missing: 0, lowWater: 4 });
    expect(engine.takeGauge().lowWater).toBe(kUnknown);
    expect(card.read(quantum)).toBe(4);
    await until(() => engine.waiting() === 0);
    expect(engine.takeGauge()).toEqual({ quantum: 8, read: 20, underruns: 1, missing: 4, lowWater: 0 });
    closePorts(writer, reader);
  });
});

describe('Bell', () => {
  it.runIf(Bell.canListen)('wakes_its_listener_after_every_stroke', async () => {
    const bell = new Bell(makeBell());
    let strokes = 0;
    bell.listen(() => (strokes += 1));
    for (let i = 1; i <= 3; ++i) {
      bell.strike();
      await until(() => strokes === i);
    }
    expect(strokes).toBe(3);
  });

  it('does_not_sleep_when_it_was_struck_since_it_was_read', () => {
    const bell = new Bell(makeBell());
    const seen = bell.count();
    bell.strike();
    const before = performance.now();
    bell.sleep(seen, 5000);
    expect(performance.now() - before).toBeLessThan(4000);
  });
});
