/** What the network half counted since joining. */
export interface NodeStats {
  framesSpoken: number;
  copiesSent: number;
  copiesDroppedInQueue: number; // voice is never queued: the oldest made room
  framesDelivered: number;
  framesReplayed: number;
  framesRefused: number;
  messagesRefused: number;
  envelopesRefused: number;
  framesUnheard: number; // of people whom you block
}

/** What one person's stream went through on its way to your ear. */
export interface PeerStats {
  framesReceived: number;
  framesLate: number;
  framesRecovered: number; // from the next packet's FEC
  framesConcealed: number;
  samplesAccelerated: number; // at 48 kHz
  samplesExpanded: number; // at 48 kHz
  targetDelayMs: number;
  currentDelayMs: number;
}

/** The way between the engine and the sound card. */
export interface SoundStats {
  sampleRate: number; // Hz
  quantumFrames: number; // of one call of the sound card's; 128 in most browsers
  leadMs: number; // how far the engine aims to be ahead of the earliest moment at which the sound card may want a sample
  underruns: number; // calls of the sound card that found too few samples
  underrunFrames: number; // samples missing in them
  captureOverruns: number; // microphone samples that found no room
  captureSkipped: number; // microphone samples thrown away after a stall, being too old to say
  framesEncoded: number;
  framesSilent: number; // not sent: nothing was said
  frameQueueDrops: number; // voice frames that found no room between the Workers
}

export interface RoomStats {
  node: NodeStats;
  sound: SoundStats;
  peers: Record<string, PeerStats>; // by peer id
  messagesSpoilt: number; // from others, and shown as nothing: no text, or too long
}

// The order of `which` in the ABI of node.wasm and voice.wasm.
export const kNodeStats = [
  'framesSpoken',
  'copiesSent',
  'copiesDroppedInQueue',
  'framesDelivered',
  'framesReplayed',
  'framesRefused',
  'messagesRefused',
  'envelopesRefused',
  'framesUnheard',
] as const satisfies readonly (keyof NodeStats)[];

export const kPeerStats = [
  'framesReceived',
  'framesLate',
  'framesRecovered',
  'framesConcealed',
  'samplesAccelerated',
  'samplesExpanded',
  'targetDelayMs',
  'currentDelayMs',
] as const satisfies readonly (keyof PeerStats)[];

/** Reads each figure by its number. */
export function collectStats<Name extends string>(
  names: readonly Name[],
  read: (which: number) => number,
): Record<Name, number> {
  return Object.fromEntries(names.map((name, which) => [name, read(which)])) as Record<Name, number>;
}
