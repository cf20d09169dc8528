import { describe, expect, it } from 'vitest';
import { isMuteKey, type KeyPress } from './keys.ts';

const press = (changes: Partial<KeyPress> = {}): KeyPress => ({
  key: 'm', ctrlKey: false, altKey: false, metaKey: false, repeat: false, ...changes,
});

describe('mute key', () => {
  it('m_mutes_whatever_the_shift_key_does', () => {
    expect(isMuteKey(press(), null)).toBe(true);
    expect(isMuteKey(press({ key: 'M' }), { tagName: 'BODY' })).toBe(true);
  });

  it('m_while_typing_is_a_letter', () => {
    expect(isMuteKey(press(), { tagName: 'INPUT', type: 'text' })).toBe(false);
    expect(isMuteKey(press(), { tagName: 'INPUT' })).toBe(false);
    expect(isMuteKey(press(), { tagName: 'TEXTAREA' })).toBe(false);
    expect(isMuteKey(press(), { tagName: 'SELECT' })).toBe(false);
    expect(isMuteKey(press(), { tagName: 'DIV', isContentEditable: true })).toBe(false);
  });

  it('m_on_a_slider_or_a_button_mutes', () => {
    expect(isMuteKey(press(), { tagName: 'INPUT', type: 'range' })).toBe(true);
    expect(isMuteKey(press(), { tagName: 'BUTTON' })).toBe(true);
  });

  it('a_held_key_does_not_flutter', () => expect(isMuteKey(press({ repeat: true }), null)).toBe(false));

  it('shortcuts_of_the_browser_stay_its_own', () => {
    for (const modifier of ['ctrlKey', 'altKey', 'metaKey'] as const) {
      expect(isMuteKey(press({ [modifier]: true }), null)).toBe(false);
    }
  });

  it('other_keys_do_nothing', () => expect(isMuteKey(press({ key: 'n' }), null)).toBe(false));
});
