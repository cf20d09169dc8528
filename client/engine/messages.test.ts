import { describe, expect, it } from 'vitest';
import { decodeCommand, decodeFrame, encodeCommand, encodeFrame, type AudioCommand } from './messages.ts';

describe('commands', () => {
  it.each<AudioCommand>([
    { kind: 'volumeDb', peer: 0xffffffff, value: -Infinity },
    { kind: 'silenced', peer: 3, value: 1 },
    { kind: 'pan', peer: 4, value: -0.125 },
    { kind: 'blocked', peer: 6, value: 1 },
    { kind: 'removePeer', peer: 5, value: 0 },
    { kind: 'mute', peer: 0, value: 1 },
    { kind: 'stats', peer: 0, value: 2 ** 40 },
  ])('$kind_survives_the_ring', (command) => {
    expect(decodeCommand(encodeCommand(command))).toEqual(command);
  });

  it('of_unknown_kind_are_refused', () => {
    const bytes = encodeCommand({ kind: 'mute', peer: 0, value: 0 });
    bytes[0] = 77;
    expect(() => decodeCommand(bytes)).toThrow(RangeError);
  });
});

describe('frames', () => {
  it('keep_their_speaker_and_all_64_bits_of_their_number', () => {
    const arrived = { peer: 0xfffffffe, sequenceLow: 0x80000001, sequenceHigh: 0xffffffff, frame: Uint8Array.of(1, 2, 3) };
    expect(decodeFrame(encodeFrame(arrived))).toEqual(arrived);
  });

  it('may_be_read_from_the_middle_of_a_buffer', () => {
    const encoded = encodeFrame({ peer: 1, sequenceLow: 2, sequenceHigh: 0, frame: Uint8Array.of(5) });
    const moved = new Uint8Array(encoded.length + 3);
    moved.set(encoded, 3);
    expect(decodeFrame(moved.subarray(3)).frame).toEqual(Uint8Array.of(5));
  });
});
