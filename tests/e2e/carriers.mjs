// Who carries whose voice, by what the browsers count on every connection while one person speaks: not what a plan says, but
// what is sent.

/** @typedef {import('./person.mjs').Person} Person */

const kWatchMs = 600;
const kFramesMin = 15; // in that time: half of a voice

/**
 * Each person's children in the tree of whoever speaks just now.
 * @param {readonly Person[]} people everybody in the room
 * @returns {Promise<Map<Person, Person[]>>}
 */
export async function childrenOf(people) {
  const before = await Promise.all(people.map(channelsOf));
  await new Promise((resolve) => setTimeout(resolve, kWatchMs));
  const after = await Promise.all(people.map(channelsOf));
  const owner = new Map(after.flatMap((ends, i) => ends.map((end) => [end.here, people[i]])));
  return new Map(
    people.map((person, i) => {
      const sentBefore = new Map(before[i]?.map((end) => [end.here, end.sent]));
      const carrying = after[i]?.filter((end) => end.sent - (sentBefore.get(end.here) ?? 0) >= kFramesMin) ?? [];
      return [person, carrying.flatMap((end) => owner.get(end.there) ?? [])];
    }),
  );
}

/** The connection between two people as both its ends name it; null: there is none. @param {Person} one @param {Person} other */
export async function linkBetween(one, other) {
  const [ours, theirs] = await Promise.all([channelsOf(one), channelsOf(other)]);
  const end = ours.find(({ here, there }) => theirs.some((far) => far.here === there && far.there === here));
  return end ? `${end.here} ${end.there}` : null;
}

/** Breaks it, as a network would that fails between two people. @param {Person} one @param {Person} other */
export async function breakLink(one, other) {
  const [here = ''] = (await linkBetween(one, other))?.split(' ') ?? [];
  await one.page.evaluate((name) => {
    const open = /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).connectionsMade).filter((one) => one.connectionState === 'connected');
    for (const connection of open) if (connection.localDescription?.sdp.includes(`a=ice-ufrag:${name}\r`)) connection.close();
  }, here);
}

/** Both ends of a connection know each other by ICE's names. @param {Person} person @returns {Promise<{ here: string, there: string, sent: number }[]>} */
function channelsOf(person) {
  return person.page.evaluate(async () => {
    const name = (/** @type {RTCSessionDescription | null} */ description) => /^a=ice-ufrag:(\S+)/m.exec(description?.sdp ?? '')?.[1] ?? '';
    const open = /** @type {RTCPeerConnection[]} */ (/** @type {any} */ (window).connectionsMade).filter((one) => one.connectionState === 'connected');
    return Promise.all(
      open.map(async (connection) => {
        const reports = [...(await connection.getStats()).values()];
        const voice = reports.find((report) => report.type === 'data-channel' && report.label === 'voice');
        return { here: name(connection.localDescription), there: name(connection.remoteDescription), sent: voice?.messagesSent ?? 0 };
      }),
    );
  });
}
