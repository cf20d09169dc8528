import { describe, expect, it } from 'vitest';
import { kPlainStrip, StripStore } from './strip_store.ts';
import { memory } from './testing/memory.ts';

describe('StripStore', () => {
  it('remembers_a_strip_for_the_next_page', () => {
    const kept = memory();
    new StripStore(kept).set('a', { volumeDb: -12.5, silenced: true, pan: 0.25 });
    expect(new StripStore(kept).get('a')).toEqual({ volumeDb: -12.5, silenced: true, pan: 0.25 });
  });

  it('remembers_a_volume_of_minus_infinity', () => {
    const kept = memory();
    new StripStore(kept).set('a', { volumeDb: -Infinity, silenced: false, pan: 0 });
    expect(new StripStore(kept).get('a').volumeDb).toBe(-Infinity);
  });

  it('gives_a_plain_strip_to_a_stranger', () => {
    expect(new StripStore(memory()).get('a')).toEqual(kPlainStrip);
  });

  it('keeps_nothing_about_people_who_were_set_back', () => {
    const kept = memory();
    const store = new StripStore(kept);
    store.set('a', { ...kPlainStrip, pan: 1 });
    store.set('a', kPlainStrip);
    expect(kept.text).toBe('[]');
  });

  it('forgets_the_least_recently_changed_first', () => {
    const store = new StripStore(memory());
    for (let i = 0; i < 500; ++i) store.set(String(i), { ...kPlainStrip, pan: 1 });
    store.set('0', { ...kPlainStrip, pan: 0.5 });
    store.set('new', { ...kPlainStrip, pan: 1 });
    expect(store.get('0').pan).toBe(0.5);
    expect(store.get('1')).toEqual(kPlainStrip);
    expect(store.get('2').pan).toBe(1);
  });

  it('keeps_what_another_tab_wrote_meanwhile', () => {
    const kept = memory();
    const [one, two] = [new StripStore(kept), new StripStore(kept)];
    one.set('a', { ...kPlainStrip, pan: 1 });
    two.set('b', { ...kPlainStrip, pan: -1 });
    expect(one.get('b').pan).toBe(-1);
    expect(two.get('a').pan).toBe(1);
  });

  it.each(['{', '7', '{"a":1}', '[["a",[0,false]],["b",["x",false,0]],[3,[0,true,0]],null]'])(
    'lives_with_spoilt_storage_%s',
    (text) => {
      const store = new StripStore(memory(text));
      expect(store.get('a')).toEqual(kPlainStrip);
      store.set('c', { ...kPlainStrip, silenced: true });
      expect(store.get('c').silenced).toBe(true);
    },
  );

  it('lives_without_storage', () => {
    const refuse = (): never => {
      throw new Error('denied');
    };
    for (const storage of [null, { getItem: refuse, setItem: refuse }]) {
      const store = new StripStore(storage);
      store.set('a', { ...kPlainStrip, pan: 1 });
      expect(store.get('a')).toEqual(kPlainStrip);
    }
  });
});
