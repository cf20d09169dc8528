import { describe, expect, it } from 'vitest';
import { decodeRoomView } from './room_view.ts';

const le = (value: number, bytes: number): number[] => Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
const id = (value: number): number[] => new Array<number>(16).fill(value);
const hexOf = (value: number): string => value.toString(16).padStart(2, '0').repeat(16);
const kNobody = 0xffff;

function person(value: number, name: string, links: [to: number, rttUs: number, loss: number][], role = 0): number[] {
  const text = [...new TextEncoder().encode(name)];
  const claims = links.flatMap(([to, rttUs, loss]) => [...le(to, 2), ...le(rttUs, 4), loss]);
  return [...id(value), text.length, ...text, role, 1, 8, ...le(links.length, 2), ...claims];
}

// Ada speaks to Ben, who passes it on to Zoë; Ada guards Zoë.
const kRoom = [
  ...[0xef, 0xcd, 0xab, 0x89, 0x67, 0x45, 0x23, 0x01], ...le(1, 2), ...le(3, 2),
  ...person(1, 'Ada', [[1, 24_600, 2]]), ...person(2, 'Ben', [[0, 0, 0], [2, 100, 100]], 3), ...person(3, 'Zoë', []),
  ...le(1, 2), ...le(0, 2), ...le(0x80000001, 4), 1, ...le(2, 2),
  ...[...le(1, 2), ...le(0, 2), ...le(kNobody, 2), 0], ...[...le(2, 2), ...le(1, 2), ...le(0, 2), 1],
  ...le(4, 4),
];

describe('the picture of the room', () => {
  it('is_read_byte_by_byte', () => {
    const seat = { listener: hexOf(2), parent: hexOf(1), guardian: null, hot: false };
    expect(decodeRoomView(Uint8Array.from(kRoom))).toEqual({
      mapHash: '0123456789abcdef',
      me: hexOf(2),
      people: [
        { id: hexOf(1), name: 'Ada', role: 'desktop', atDoor: true, copiesMax: 8, links: [{ to: hexOf(2), rttMs: 24.6, lossPercent: 2 }] },
        {
          id: hexOf(2), name: 'Ben', role: 'metered', atDoor: true, copiesMax: 8,
          links: [{ to: hexOf(1), rttMs: null, lossPercent: 0 }, { to: hexOf(3), rttMs: 0.1, lossPercent: 100 }],
        },
        { id: hexOf(3), name: 'Zoë', role: 'desktop', atDoor: true, copiesMax: 8, links: [] },
      ],
      trees: [{
        source: hexOf(1), epoch: 0x80000001, live: true,
        seats: [seat, { listener: hexOf(3), parent: hexOf(2), guardian: hexOf(1), hot: true }],
      }],
      pullsOpen: 4,
    });
  });

  it('may_lie_in_the_middle_of_a_buffer', () => {
    const moved = Uint8Array.of(9, 9, 9, ...kRoom, 9);
    expect(decodeRoomView(moved.subarray(3, -1))).toEqual(decodeRoomView(Uint8Array.from(kRoom)));
  });

  it('cut_anywhere_is_refused', () => {
    for (const length of kRoom.keys()) {
      expect(() => decodeRoomView(Uint8Array.from(kRoom.slice(0, length))), `${length} bytes`).toThrow(RangeError);
    }
  });

  it('with_something_after_its_end_is_refused', () => {
    expect(() => decodeRoomView(Uint8Array.of(...kRoom, 0))).toThrow(/1 bytes are left/);
  });

  it('of_somebody_who_is_not_there_is_refused', () => {
    const spoilt = Uint8Array.from(kRoom);
    spoilt[8] = 3; // self
    expect(() => decodeRoomView(spoilt)).toThrow(/nobody has place 3/);
  });
});
