// What this device remembers of its user. The storage is handed in and may refuse (private windows): then Grove
// forgets, and goes on.
import { bareName, isBlank } from './plain_name.ts';

export interface SoundOptions {
  deviceId: string;  // '' is the browser's own choice
  echoCancellation: boolean;
  noiseSuppression: boolean;
  autoGainControl: boolean;
}

export interface KeyValueStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

export const kNameLengthMax = 40;  // fits a card; the node takes more
const kNameKey = 'grove.name';
const kSoundKey = 'grove.sound';
const kMutedKey = 'grove.muted';        // in the tab's storage, as the next
const kListenOnlyKey = 'grove.listening';
const kDefaultSound: SoundOptions = {
  deviceId: '', echoCancellation: true, noiseSuppression: true, autoGainControl: true,
};

export class Preferences {
  // `tab`: sessionStorage, which survives a reload and belongs to one tab.
  constructor(private readonly storage: KeyValueStorage | null, private readonly tab: KeyValueStorage | null = null) {}

  // A reload makes no live microphone of a muted one.
  get isMuted(): boolean {
    return read(this.tab, kMutedKey) === 'yes';
  }

  set isMuted(isMuted: boolean) {
    write(this.tab, kMutedKey, isMuted ? 'yes' : 'no');
  }

  get isListenOnly(): boolean {
    return read(this.tab, kListenOnlyKey) === 'yes';
  }

  set isListenOnly(isListenOnly: boolean) {
    write(this.tab, kListenOnlyKey, isListenOnly ? 'yes' : 'no');
  }

  get name(): string {
    return cleanName(read(this.storage, kNameKey) ?? '');
  }

  set name(name: string) {
    write(this.storage, kNameKey, cleanName(name));
  }

  get sound(): SoundOptions {
    const stored = parseObject(read(this.storage, kSoundKey));
    const flag = (key: 'echoCancellation' | 'noiseSuppression' | 'autoGainControl'): boolean =>
      typeof stored[key] === 'boolean' ? stored[key] : kDefaultSound[key];
    return {
      deviceId: typeof stored['deviceId'] === 'string' ? stored['deviceId'] : '',
      echoCancellation: flag('echoCancellation'),
      noiseSuppression: flag('noiseSuppression'),
      autoGainControl: flag('autoGainControl'),
    };
  }

  set sound(options: SoundOptions) {
    write(this.storage, kSoundKey, JSON.stringify(options));
  }
}

// '' where nothing of it is seen.
export function cleanName(name: string): string {
  if (isBlank(name)) return '';
  return [...bareName(name).replace(/\s+/gu, ' ').trim()].slice(0, kNameLengthMax).join('');
}

function read(storage: KeyValueStorage | null, key: string): string | null {
  try {
    return storage?.getItem(key) ?? null;
  } catch {
    return null;
  }
}

function write(storage: KeyValueStorage | null, key: string, value: string): void {
  try {
    storage?.setItem(key, value);
  } catch {
    // Full or forbidden: forgetting is all there is to lose.
  }
}

function parseObject(json: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
