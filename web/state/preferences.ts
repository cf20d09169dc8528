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
const kDefaultSound: SoundOptions = {
  deviceId: '', echoCancellation: true, noiseSuppression: true, autoGainControl: true,
};

export class Preferences {
  constructor(private readonly storage: KeyValueStorage | null) {}

  get name(): string {
    return cleanName(this.read(kNameKey) ?? '');
  }

  set name(name: string) {
    this.write(kNameKey, cleanName(name));
  }

  get sound(): SoundOptions {
    const stored = parseObject(this.read(kSoundKey));
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
    this.write(kSoundKey, JSON.stringify(options));
  }

  private read(key: string): string | null {
    try {
      return this.storage?.getItem(key) ?? null;
    } catch {
      return null;
    }
  }

  private write(key: string, value: string): void {
    try {
      this.storage?.setItem(key, value);
    } catch {
      // Full or forbidden: forgetting is all there is to lose.
    }
  }
}

// '' where nothing of it is seen.
export function cleanName(name: string): string {
  if (isBlank(name)) return '';
  return [...bareName(name).replace(/\s+/gu, ' ').trim()].slice(0, kNameLengthMax).join('');
}

function parseObject(json: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
