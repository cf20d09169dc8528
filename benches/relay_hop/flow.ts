// Which room of this page carries voice to which, counted by the browser: not what a plan says, but what is sent.
import type { Room } from '@grove/client';

const kWatchMs = 1000;
const kFramesMin = 25; // in that time: half of a voice

/** For each room the places of those to whom it sends voice. */
export async function flowOf(rooms: readonly Room[]): Promise<number[][]> {
  const ends = rooms.flatMap((room, at) => connectionsOf(room).map((connection) => ({ at, connection })));
  const owner = new Map(ends.map(({ at, connection }) => [nameOf(connection.localDescription), at]));
  const before = await Promise.all(ends.map(({ connection }) => framesSent(connection)));
  await new Promise((resolve) => setTimeout(resolve, kWatchMs));
  const after = await Promise.all(ends.map(({ connection }) => framesSent(connection)));
  const children: number[][] = rooms.map(() => []);
  ends.forEach(({ at, connection }, i) => {
    const to = owner.get(nameOf(connection.remoteDescription));
    if (to !== undefined && (after[i] ?? 0) - (before[i] ?? 0) >= kFramesMin) children[at]?.push(to);
  });
  return children;
}

// The client keeps its connections to itself.
function connectionsOf(room: Room): RTCPeerConnection[] {
  const { links } = room as unknown as { links: { links: Map<number, { connection: RTCPeerConnection }> } };
  return Array.from(links.links.values(), ({ connection }) => connection);
}

/** ICE's own name for one end of a connection. */
function nameOf(description: RTCSessionDescription | null): string {
  return /^a=ice-ufrag:(\S+)/m.exec(description?.sdp ?? '')?.[1] ?? '';
}

async function framesSent(connection: RTCPeerConnection): Promise<number> {
  const reports = [...(await connection.getStats()).values()];
  return reports.find((report) => report.type === 'data-channel' && report.label === 'voice')?.messagesSent ?? 0;
}
