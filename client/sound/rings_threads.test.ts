// Two real threads on one ring: nothing torn, lost or doubled.
/// <reference types="node" />
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { transformWithEsbuild } from 'vite';
import { expect, it } from 'vitest';
import { makeMessageRing, makePcmRing, MessageRing, PcmRing } from './rings.ts';

/** Runs `body` in a thread of its own, beside the production code of rings.ts. */
async function inThread(body: string, workerData: unknown): Promise<Worker> {
  const path = new URL('./rings.ts', import.meta.url);
  const rings = await transformWithEsbuild(await readFile(path, 'utf8'), 'rings.ts');
  const source = `import { workerData } from 'node:worker_threads';\n${rings.code}\n${body}`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData });
}

const kMessages = 20_000;
const kSamples = 2_000_000;

it('messages_from_another_thread_arrive_whole_and_in_order', async () => {
  const buffer = makeMessageRing(512);
  const writer = await inThread(
    `const ring = new MessageRing(workerData);
     for (let i = 0; i < ${kMessages};) {
       const message = new Uint8Array(4 + i % 97).fill(i & 255);
       new DataView(message.buffer).setUint32(0, i, true);
       if (ring.push(message)) ++i;
     }`,
    buffer,
  );
  const ring = new MessageRing(buffer);
  const torn: number[] = [];
  for (let i = 0; i < kMessages; ) {
    const message = ring.pop();
    if (!message) continue;
    const whole =
      message.length === 4 + (i % 97) &&
      new DataView(message.buffer).getUint32(0, true) === i &&
      message.subarray(4).every((byte) => byte === (i & 255));
    if (!whole) torn.push(i);
    ++i;
  }
  await writer.terminate();
  expect(torn).toEqual([]);
}, 60_000);

it('samples_from_another_thread_arrive_in_order', async () => {
  const buffer = makePcmRing(256);
  const writer = await inThread(
    `const ring = new PcmRing(workerData);
     const block = new Float32Array(48);
     for (let at = 0; at < ${kSamples};) {
       for (let i = 0; i < block.length; ++i) block[i] = at + i;
       if (ring.write(block)) at += block.length;
     }`,
    buffer,
  );
  const ring = new PcmRing(buffer);
  const into = new Float32Array(128);
  let at = 0;
  let wrong = 0;
  while (at < kSamples) {
    const got = ring.read(into);
    for (let i = 0; i < got; ++i) if (into[i] !== at + i) wrong += 1;
    at += got;
  }
  await writer.terminate();
  expect(wrong).toBe(0);
}, 60_000);
