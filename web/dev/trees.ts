// The panel "Who carries whose voice" with a made-up room, for looking at it: `npx vite web`, then
// /dev/trees.html?people=30&fan-out=3&live=1&replan. It is no part of what is built and served.
import type { PeerView, RoomView } from '../state/session.ts';
import { syntheticRoom } from '../testing/synthetic_room.ts';
import '../ui/trees_panel.ts';
import type { TreesPanel } from '../ui/trees_panel.ts';

const asked = new URLSearchParams(location.search);
const number = (name: string, otherwise: number): number => Number(asked.get(name) ?? otherwise);
const picture = syntheticRoom({ people: number('people', 30), fanOut: number('fan-out', 3), live: number('live', 1), seed: number('seed', 1) });
const live = new Set(picture.trees.filter((tree) => tree.live).map(({ source }) => source));

const peers = new Map(picture.people.filter(({ id }) => id !== picture.me).map(({ id, name }): [string, PeerView] => [id, {
  id, name, muted: false, speaking: live.has(id), level: -30, link: 'connected', rttMs: 20, volumeDb: 0, silenced: false, pan: 0,
  blocked: false, keepVoiceFrom: false, block: () => undefined, unblock: () => undefined,
}]));
const me = picture.people.find(({ id }) => id === picture.me);
const room: RoomView = Object.assign(new EventTarget(), {
  me: { id: picture.me, name: me?.name ?? '', muted: false, level: -100, speaking: false },
  peers, rendezvous: { state: 'open', retryInMs: 0, reason: '' } as const, sound: 'running' as const, link: '', error: null,
  messages: [], blockedPeople: [], setBlocked: () => undefined, say: () => Promise.resolve('sent' as const), setMuted: () => undefined, leave: () => Promise.resolve(),
  watchTrees: (show: (picture: ReturnType<typeof syntheticRoom>) => void) => {
    show(picture);
    const timer = setInterval(() => show(asked.has('replan') ? replanned() : picture), 1000);
    return () => clearInterval(timer);
  },
});

// The trees of another plan among the same people.
function replanned(): typeof picture {
  const fanOut = 2 + Math.floor(Math.random() * 4);
  const trees = picture.trees.map((tree) => {
    const listeners = tree.seats.map(({ listener }) => listener);
    const carriers = [tree.source, ...listeners];
    return { ...tree, seats: tree.seats.map((seat, place) => ({ ...seat, parent: carriers[Math.floor(place / fanOut)] ?? tree.source })) };
  });
  return { ...picture, trees };
}

const label = document.createElement('p');
label.className = 'hint';
label.textContent = `Generated: ${picture.people.length} people who do not exist, figures that nobody measured.`;
const panel: TreesPanel = document.createElement('grove-trees') as TreesPanel;
panel.room = room;
const main = document.createElement('main');
main.style.cssText = 'max-width: 1360px; margin: 0 auto; padding: 12px; display: grid; gap: 10px; grid-template-columns: minmax(0, 1fr)';
main.append(label, panel);
document.body.append(main);
setInterval(() => panel.paint(), 66);
