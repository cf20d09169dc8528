import { describe, expect, it } from 'vitest';
import { cleanName, kNameLengthMax, type KeyValueStorage, Preferences } from './preferences.ts';

function storageOf(entries: Record<string, string> = {}): KeyValueStorage {
  const map = new Map(Object.entries(entries));
  return { getItem: (key) => map.get(key) ?? null, setItem: (key, value) => void map.set(key, value) };
}

describe('preferences', () => {
  it('a_name_is_remembered_by_the_next_page', () => {
    const storage = storageOf();
    new Preferences(storage).name = '  Ada   Lovelace ';
    expect(new Preferences(storage).name).toBe('Ada Lovelace');
  });

  it('sound_options_are_remembered', () => {
    const storage = storageOf();
    const options = { ...new Preferences(storage).sound, deviceId: 'usb', echoCancellation: false };
    new Preferences(storage).sound = options;
    expect(new Preferences(storage).sound).toEqual(options);
  });

  it.each(['', 'null', '7', '[', '{"echoCancellation":"yes","deviceId":4}'])(
    'garbage_%s_reads_as_the_defaults', (garbage) => {
      expect(new Preferences(storageOf({ 'grove.sound': garbage })).sound).toEqual({
        deviceId: '', echoCancellation: true, noiseSuppression: true, autoGainControl: true,
      });
    });

  it('a_tab_remembers_that_it_was_muted_and_only_listened', () => {
    const [device, tab] = [storageOf(), storageOf()];
    const first = new Preferences(device, tab);
    expect([first.isMuted, first.isListenOnly]).toEqual([false, false]);
    [first.isMuted, first.isListenOnly] = [true, true];
    const [reloaded, other] = [new Preferences(device, tab), new Preferences(device, storageOf())];
    expect([reloaded.isMuted, reloaded.isListenOnly, other.isMuted, other.isListenOnly]).toEqual([true, true, false, false]);
    first.isMuted = false;
    expect(reloaded.isMuted).toBe(false);
  });

  it('a_storage_that_refuses_only_forgets', () => {
    const refuse = (): never => { throw new Error('denied'); };
    const preferences = new Preferences({ getItem: refuse, setItem: refuse });
    preferences.name = 'Ada';
    expect(preferences.name).toBe('');
    expect(new Preferences(null).sound.deviceId).toBe('');
  });
});

describe('a name', () => {
  it.each(['\u200b', '\u200e \u200e', '\u3164'])('of_which_nothing_is_seen_is_none_%j', (name) => expect(cleanName(name)).toBe(''));

  it('turns_nothing_around', () => expect(cleanName('An\u202ena')).toBe('Anna'));

  it('is_cut_between_characters_and_not_within_one', () => {
    expect(cleanName('🌳'.repeat(kNameLengthMax + 5))).toBe('🌳'.repeat(kNameLengthMax));
  });
});
