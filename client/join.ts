// The way into a room.
import { checkBrowser } from './browser_check.ts';
import { compileModules } from './engine/engine.ts';
import { GroveError } from './errors.ts';
import { kSeedBytes, takeIdentity } from './identity.ts';
import { parseRoomLink } from './link.ts';
import { Room } from './room.ts';
import type { PeerRole } from './room_picture.ts';
import type { VoiceInput } from './sound/microphone.ts';
import { defaultContext, startContext } from './sound/output.ts';
import { loadWorklets } from './sound/sound_card.ts';

export interface JoinOptions {
  name: string; // how others see you; long names are cut
  microphone?: VoiceInput; // default null: listen only
  muted?: boolean; // join with your switch off; default false
  output?: AudioNode; // default: the speakers. It must belong to `context`
  context?: AudioContext; // default: the page's own, made once. Make yours without a sampleRate: Firefox else cancels no echo
  identity?: Uint8Array; // 32 bytes, a secret; the same bytes are the same person. Default: kept in this browser
  copiesMax?: number; // 1 … 12: send no more copies of one voice than that. Default: what the uplink bears
  role?: PeerRole; // default: as the page finds it, from tab, battery, line and kind of device, and as it changes
}

/**
 * Enters a room. Resolves when you are able to talk, not when somebody is there. Call it in a user gesture.
 * @throws GroveError 'link-malformed' | 'identity-malformed' | 'copies-malformed' | 'browser-too-old' | 'audio-failed' | 'engine-failed'
 */
export async function joinRoom(link: string, options: JoinOptions): Promise<Room> {
  const parsed = parseRoomLink(link);
  if (!parsed.ok) throw new GroveError('link-malformed', `${link} is not the link of a room (${parsed.why})`);
  if (options.identity && options.identity.length !== kSeedBytes) {
    throw new GroveError('identity-malformed', `an identity has ${kSeedBytes} bytes, not ${options.identity.length}`);
  }
  const { copiesMax = 1 } = options;
  if (!Number.isInteger(copiesMax) || copiesMax < 1 || copiesMax > kCopiesMax) {
    throw new GroveError('copies-malformed', `copiesMax is a whole number from 1 to ${kCopiesMax}, not ${copiesMax}`);
  }
  const missing = checkBrowser();
  if (missing.length > 0) throw new GroveError('browser-too-old', `this browser lacks ${missing.join(', ')}`);
  const context = openContext(options.context); // before the first await: the gesture does not outlive it
  const [modules] = await Promise.all([compileModules(), loadWorklets(context)]);
  const identity = options.identity ? { seed: new Uint8Array(options.identity), release: () => undefined } : await takeIdentity();
  const room = new Room(parsed.link, parsed, options, { context, modules, identity });
  await room.ready();
  return room;
}

function openContext(given: AudioContext | undefined): AudioContext {
  try {
    return startContext(given ?? defaultContext());
  } catch (error) {
    throw new GroveError('audio-failed', `no sound output: ${String(error)}`, { cause: error });
  }
}

const kCopiesMax = 12; // DESIGN.md §4: of a desktop
