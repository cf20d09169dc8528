// The typed wrappers on the real modules: `./test` builds them first.
/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { PeerRole } from '../room_picture.ts';
import { Meeting } from '../testing/meeting.ts';
import { NodeModule, type NodeOutput } from './node_module.ts';
import { decodeRoomView } from './room_view.ts';
import { VoiceModule } from './voice_module.ts';

const folder = process.env['GROVE_WASM'] ?? new URL('../../build/wasm', import.meta.url).pathname;
let modules: { node: WebAssembly.Module; voice: WebAssembly.Module };

beforeAll(() => {
  const load = (name: string): WebAssembly.Module => new WebAssembly.Module(readFileSync(`${folder}/${name}.wasm`));
  modules = { node: load('node'), voice: load('voice') };
});

describe('NodeModule', () => {
  function create(seed: number, copiesMax: number | null = null, role: PeerRole = 'desktop'): NodeModule {
    const bytes = (length: number, value: number): Uint8Array => new Uint8Array(length).fill(value);
    const config = { secret: bytes(16, 1), seed: bytes(32, seed), entropy: bytes(32, seed), name: 'Zoë', wallMs: 1.7e12, copiesMax, role };
    return new NodeModule(modules.node, config, 0);
  }

  function open(...config: Parameters<typeof create>): { node: NodeModule; outputs: NodeOutput[] } {
    const node = create(...config);
    return { node, outputs: drain(node) };
  }

  function drain(node: NodeModule): NodeOutput[] {
    const outputs: NodeOutput[] = [];
    for (let output = node.poll(); output; output = node.poll()) outputs.push(structuredClone(output));
    return outputs;
  }

  it('tells_first_who_it_is_and_asks_for_the_rendezvous', () => {
    const { outputs } = open(1);
    expect(outputs[0]).toEqual({ kind: 'self', id: expect.stringMatching(/^[0-9a-f]{32}$/) as string });
    expect(outputs).toContainEqual({ kind: 'openRendezvous' });
  });

  it('is_the_same_person_for_the_same_seed', () => {
    expect(open(1).outputs[0]).toEqual(open(1).outputs[0]);
    expect(open(1).outputs[0]).not.toEqual(open(2).outputs[0]);
  });

  it('joins_when_the_rendezvous_opens_and_waits_when_it_closes', () => {
    const { node } = open(1);
    node.handleRendezvousOpen(1);
    const join = drain(node).find((output) => output.kind === 'sendRendezvous');
    expect(join?.message.subarray(0, 2)).toEqual(Uint8Array.of(1, 1)); // docs/protocol.md §1: version 1, JOIN
    expect(join?.message).toHaveLength(34);
    node.handleRendezvousClosed(2);
    const changed = drain(node).find((output) => output.kind === 'rendezvousChanged');
    expect(changed?.state).toBe('waiting');
    expect(changed?.retryInMs).toBeGreaterThan(0);
    expect(node.nextDeadline()).toBeLessThan(Infinity);
  });

  it('survives_messages_that_are_garbage_or_far_too_long', () => {
    const { node } = open(1);
    node.handleRendezvousOpen(1);
    node.handleRendezvousMessage(new Uint8Array(300), 2);
    node.handleRendezvousMessage(new Uint8Array(1 << 20), 3);
    node.handleLinkMessage(77, 'control', Uint8Array.of(9), 4);
    drain(node);
    expect(node.stats().framesSpoken).toBe(0);
  });

  it('alone_gives_a_picture_of_itself', () => {
    const { node, outputs } = open(1, 2, 'phone');
    const [self] = outputs;
    const { me, people, trees, pullsOpen } = decodeRoomView(node.view());
    expect(self).toEqual({ kind: 'self', id: me });
    expect(people).toEqual([{ id: me, name: 'Zoë', role: 'phone', atDoor: expect.any(Boolean) as boolean, copiesMax: expect.any(Number) as number, links: [] }]);
    expect(people[0]?.copiesMax).toBeLessThanOrEqual(2);
    expect(trees.flatMap(({ seats }) => seats)).toEqual([]);
    expect(pullsOpen).toBe(0);
  });

  it('tells_the_others_what_its_device_can_do', () => {
    const { node } = open(1);
    node.setRole('hiddenTab', 1);
    drain(node);
    expect(decodeRoomView(node.view()).people[0]?.role).toBe('hiddenTab');
  });

  it('shows_on_both_sides_the_link_and_the_tree_of_a_voice', () => {
    const meeting = new Meeting([create(1), create(2)]);
    meeting.run(4000); // time to measure the link and to tell it
    meeting.speak(0, Uint8Array.of(0, 1, 2, 3, 4, 5));
    meeting.run(200);
    const [ada, ben] = meeting.nodes.map((node) => decodeRoomView(node.view()));
    expect(ada?.people).toHaveLength(2);
    expect(ben?.people).toEqual(ada?.people);
    expect(ben?.mapHash).toBe(ada?.mapHash);
    expect(ada?.mapHash).toMatch(/^[0-9a-f]{16}$/);
    for (const person of ada?.people ?? []) {
      expect(person.links).toHaveLength(1);
      expect(person.links[0]?.rttMs).toBeGreaterThan(0);
    }
    for (const picture of [ada, ben]) {
      const tree = picture?.trees.find(({ source }) => source === ada?.me);
      expect(tree?.live).toBe(true);
      expect(tree?.seats).toEqual([{ listener: ben?.me, parent: ada?.me, guardian: null, hot: false }]);
    }
  });

  it('carries_a_note_with_its_author_number_and_time', () => {
    const meeting = new Meeting([create(1), create(2)]);
    meeting.run(2000);
    expect(meeting.publish(0, Uint8Array.of(0xf0, 0, 7))).toBe('sent');
    expect(meeting.publish(0, Uint8Array.of(8))).toBe('sent');
    meeting.run(100);
    const [ada] = meeting.nodes.map((node) => decodeRoomView(node.view()));
    expect(meeting.notes).toHaveLength(2);
    const [first, second] = meeting.notes;
    expect(first?.reader).toBe(1);
    expect(first?.note).toEqual({
      kind: 'deliverNote',
      peer: expect.any(Number) as number,
      author: ada?.me,
      number: 1,
      atMs: 1.7e12 + 2000,
      missingBefore: 0,
      body: Uint8Array.of(0xf0, 0, 7),
    });
    expect(second?.note).toMatchObject({ number: 2, body: Uint8Array.of(8) });
  });

  it('delivers_no_voice_and_no_note_of_somebody_who_is_blocked_until_they_are_not', () => {
    const meeting = new Meeting([create(1), create(2), create(3)]);
    meeting.run(4000);
    const ids = meeting.nodes.map((node) => decodeRoomView(node.view()).me);
    const say = (): void => {
      meeting.speak(0, Uint8Array.of(0, 1, 2, 3, 4, 5));
      meeting.publish(0, Uint8Array.of(7));
      meeting.run(500);
    };
    const heard = (): number[] => [...meeting.framesHeard.slice(1), ...[1, 2].map((who) => meeting.notes.filter(({ reader }) => reader === who).length)];
    meeting.command(1, (node, now) => node.setBlocked(ids[0] ?? '', true, now));
    say();
    expect(heard()).toEqual([0, 1, 0, 1]);
    meeting.command(1, (node, now) => node.setBlocked(ids[0] ?? '', false, now));
    meeting.run(10_000);
    expect(heard()).toEqual([0, 1, 1, 1]); // what was written meanwhile, but nothing that was said
    say();
    expect(heard()).toEqual([1, 2, 2, 2]);
  });

  it('is_heard_and_read_by_whom_it_blocks', () => {
    const meeting = new Meeting([create(1), create(2), create(3)]);
    meeting.run(4000);
    const [, ben = ''] = meeting.nodes.map((node) => decodeRoomView(node.view()).me);
    meeting.command(0, (node, now) => node.setBlocked(ben, true, now));
    meeting.run(1000);
    meeting.speak(0, Uint8Array.of(0, 1, 2, 3, 4, 5));
    meeting.publish(0, Uint8Array.of(7));
    meeting.run(1000);
    expect([meeting.framesHeard, meeting.notes.map(({ reader }) => reader).sort()]).toEqual([[0, 1, 1], [1, 2]]);
  });

  it('keeps_our_voice_but_not_our_notes_from_somebody', () => {
    const meeting = new Meeting([create(1), create(2), create(3)]);
    meeting.run(4000);
    const [, ben = ''] = meeting.nodes.map((node) => decodeRoomView(node.view()).me);
    meeting.command(0, (node, now) => node.setWithheld(ben, true, now));
    meeting.run(1000);
    meeting.speak(0, Uint8Array.of(0, 1, 2, 3, 4, 5));
    meeting.publish(0, Uint8Array.of(7));
    meeting.run(10_000); // they are no part of our tree: notes come to them by repair
    expect([meeting.framesHeard, meeting.notes.map(({ reader }) => reader).sort()]).toEqual([[0, 0, 1], [1, 2]]);
  });

  it('says_why_a_note_does_not_go_out', () => {
    const { node } = open(1);
    expect(node.publish(new Uint8Array(0), 1)).toBe('emptyOrTooLong');
    expect(node.publish(new Uint8Array(1 << 20), 1)).toBe('emptyOrTooLong');
    node.leave(2);
    expect(node.publish(Uint8Array.of(1), 3)).toBe('left');
  });
});

describe('VoiceModule', () => {
  const kRate = 44100;
  const kQuantum = 128;

  it('what_goes_into_the_mouth_comes_out_of_the_ear', () => {
    const voice = new VoiceModule(modules.voice, kRate);
    let sequence = 0;
    let loudest = 0;
    let spoke = false;
    for (let at = 0; at < kRate; at += kQuantum) {
      const now = (at / kRate) * 1000;
      const pcm = voice.pcm(kQuantum);
      for (let i = 0; i < kQuantum; ++i) pcm[i] = 0.3 * Math.sin((2 * Math.PI * 440 * (at + i)) / kRate);
      voice.handlePcm(kQuantum);
      for (let frame = voice.pollFrame(); frame; frame = voice.pollFrame()) {
        voice.handleFrame(7, sequence++, 0, frame.slice(), now);
      }
      for (const sample of voice.pullAudio(kQuantum, now)) loudest = Math.max(loudest, Math.abs(sample));
      spoke ||= voice.earLevel(7).speaking;
    }
    expect(sequence).toBeGreaterThan(40); // 50 frames a second
    expect(loudest).toBeGreaterThan(0.1);
    expect(spoke).toBe(true);
    expect(voice.mouthLevel().level).toBeGreaterThan(-20);
    expect(voice.peerStats(7).framesReceived).toBe(sequence);
    expect(voice.mouthStats().framesEncoded).toBe(sequence);
  });

  it('hears_nothing_of_a_blocked_peer_from_the_next_block_on_and_of_an_unblocked_one_again', () => {
    const [mouth, ear] = [new VoiceModule(modules.voice, kRate), new VoiceModule(modules.voice, kRate)];
    let [at, sequence] = [0, 0];
    const loudestOf = (seconds: number): number => {
      let loudest = 0;
      for (const end = at + seconds * kRate; at < end; at += kQuantum) {
        const pcm = mouth.pcm(kQuantum);
        for (let i = 0; i < kQuantum; ++i) pcm[i] = 0.3 * Math.sin((2 * Math.PI * 440 * (at + i)) / kRate);
        mouth.handlePcm(kQuantum);
        const now = (at / kRate) * 1000;
        for (let frame = mouth.pollFrame(); frame; frame = mouth.pollFrame()) ear.handleFrame(7, sequence++, 0, frame.slice(), now);
        for (const sample of ear.pullAudio(kQuantum, now)) loudest = Math.max(loudest, Math.abs(sample));
      }
      return loudest;
    };
    expect(loudestOf(1)).toBeGreaterThan(0.1);
    ear.setBlocked(7, true);
    loudestOf(0.02); // the block in which it fades
    expect(loudestOf(0.5)).toBe(0);
    ear.setBlocked(7, false);
    expect(loudestOf(0.5)).toBeGreaterThan(0.1);
  });

  it('a_muted_mouth_says_nothing', () => {
    const voice = new VoiceModule(modules.voice, kRate);
    voice.setMouthMuted(true);
    for (let at = 0; at < kRate / 2; at += kQuantum) {
      voice.pcm(kQuantum).fill(0.3);
      voice.handlePcm(kQuantum);
      expect(voice.pollFrame()).toBeNull();
    }
  });
});
