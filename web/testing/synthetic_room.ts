// A made-up room for tests and for the page in dev/: nobody in it exists, no figure in it was measured.
import type { PictureLink, PicturePerson, PictureSeat, PictureTree, RoomPicture } from '@grove/client';
import { seededRandom } from '../../client/testing/seeded_random.ts';

export interface SyntheticRoom {
  people: number;
  fanOut: number;   // copies that each sends of a voice
  live: number;     // how many of them speak
  seed: number;
  trees?: number;   // whose plans are known; default: everybody's
}

const kNames = ['Ada', 'Ben', 'Chiara', 'Dora', 'Emeka', 'Farid', 'Gül', 'Hanne', 'Ivo', 'Jun', 'Katarzyna', 'Luís', 'Maximiliane von Hohenfels-Überlingen',
  'Noor', 'Olek', 'Priya', 'Quentin', 'Rahel', 'Søren', 'Tuuli', 'Uma', 'Vito', 'Wanjiru', 'Xin', 'Yasmin', 'Zoë', 'דנה', 'أمينة', 'さくら', '🌳🌳🌳'];

export function syntheticRoom({ people: count, fanOut, live, seed, trees: planned = count }: SyntheticRoom): RoomPicture {
  const random = seededRandom(seed);
  const ids = Array.from({ length: count }, () => hexId(random)).sort();
  const rtt = new Map<string, number>();
  const rttOf = (one: string, other: string): number => {
    const key = [one, other].sort().join();
    const known = rtt.get(key) ?? (10 + random(1600)) / 10 + (random(6) === 0 ? 120 : 0);
    rtt.set(key, known);
    return known;
  };
  const links = (id: string): PictureLink[] => ids.filter((other) => other !== id)
    .map((to) => ({ to, rttMs: random(40) === 0 ? null : rttOf(id, to), lossPercent: random(12) === 0 ? 1 + random(6) : 0 }));
  const people = ids.map((id, i): PicturePerson => ({
    id, name: kNames[i % kNames.length] ?? '', role: (['desktop', 'desktop', 'phone', 'hiddenTab', 'metered'] as const)[random(5)] ?? 'desktop',
    atDoor: i < 5, copiesMax: fanOut, links: links(id),
  }));
  const trees = ids.slice(0, planned).map((source, i): PictureTree => ({
    source, epoch: 1 + random(20), live: i < live, seats: seatsOf(source, ids, fanOut, rttOf),
  }));
  return { me: ids[Math.min(3, count - 1)] ?? '', people, trees, pullsOpen: 0, mapHash: '0000000000000000' };
}

// Nearest first, a child to each until all have theirs: deep where fan-outs are small.
function seatsOf(source: string, ids: readonly string[], fanOut: number, rttOf: (one: string, other: string) => number): PictureSeat[] {
  const listeners = ids.filter((id) => id !== source).sort((one, other) => rttOf(source, one) - rttOf(source, other));
  const attached = [source];
  const seats: PictureSeat[] = [];
  listeners.forEach((listener, place) => {
    const parent = attached[Math.floor(place / fanOut)] ?? source;
    const guardian = listeners[(place * 7 + 3) % listeners.length] ?? null;
    seats.push({ listener, parent, guardian: guardian === listener || guardian === parent ? null : guardian, hot: place % 5 === 0 });
    attached.push(listener);
  });
  return seats;
}

function hexId(random: (below: number) => number): string {
  return Array.from({ length: 16 }, () => random(256).toString(16).padStart(2, '0')).join('');
}
