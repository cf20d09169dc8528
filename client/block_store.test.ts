import { describe, expect, it } from 'vitest';
import { BlockStore, type BlockedPerson } from './block_store.ts';
import { memory } from './testing/memory.ts';

const id = (value: number): string => value.toString(16).padStart(32, '0');
const [kAda, kBen] = [id(1), id(2)];
const kBlocked = { blocked: true, voiceKept: false };

function watched(store: BlockStore): BlockedPerson[][] {
  const heard: BlockedPerson[][] = [];
  store.watch((changed) => heard.push([...changed]));
  return heard;
}

describe('BlockStore', () => {
  it('remembers_for_the_next_page_whom_and_how', () => {
    const kept = memory();
    const store = new BlockStore(kept);
    store.set(kAda, { blocked: true }, 'Ada');
    store.set(kBen, { voiceKept: true }, 'Ben');
    expect(new BlockStore(kept).all()).toEqual([
      { id: kAda, name: 'Ada', nameThen: 'Ada', blocked: true, voiceKept: false },
      { id: kBen, name: 'Ben', nameThen: 'Ben', blocked: false, voiceKept: true },
    ]);
    expect(new BlockStore(kept).get(kAda)).toMatchObject(kBlocked);
    expect(new BlockStore(kept).get(id(3))).toEqual({ blocked: false, voiceKept: false });
  });

  it('keeps_nothing_of_those_who_were_unblocked', () => {
    const kept = memory();
    const store = new BlockStore(kept);
    store.set(kAda, { blocked: true, voiceKept: true }, 'Ada');
    store.set(kAda, { blocked: false }, 'Ada');
    expect(store.get(kAda)).toMatchObject({ blocked: false, voiceKept: true });
    store.set(kAda, { voiceKept: false }, 'Ada');
    expect([kept.text, store.all()]).toEqual(['[]', []]);
  });

  it('what_a_full_storage_refuses_holds_until_the_page_closes_whatever_changes_next', () => {
    const kept = memory();
    const store = new BlockStore(kept);
    store.set(kAda, { blocked: true }, 'Ada');
    const write = kept.setItem;
    kept.setItem = () => {
      throw new Error('full');
    };
    store.set(kBen, { blocked: true }, 'Ben');
    store.rename(kAda, 'Ada L.');
    store.reload();
    expect(store.get(kBen)).toMatchObject(kBlocked);
    kept.setItem = write;
    store.rename(kAda, 'Ada');
    expect(new BlockStore(kept).get(kBen)).toMatchObject(kBlocked);
  });

  it('tells_who_changed_and_nobody_else', () => {
    const store = new BlockStore(memory());
    store.set(kBen, { blocked: true }, 'Ben');
    const heard = watched(store);
    store.set(kAda, { blocked: true }, 'Ada');
    store.set(kAda, { blocked: true }, 'Ada');
    store.set(kAda, { blocked: false }, 'Ada');
    expect(heard).toEqual([[{ id: kAda, name: 'Ada', nameThen: 'Ada', ...kBlocked }], [{ id: kAda, name: 'Ada', nameThen: 'Ada', blocked: false, voiceKept: false }]]);
  });

  it('follows_the_other_tabs_of_this_browser', () => {
    const kept = memory();
    const [here, there] = [new BlockStore(kept), new BlockStore(kept)];
    const heard = watched(here);
    there.set(kAda, { blocked: true }, 'Ada');
    here.reload();
    expect([here.get(kAda).blocked, heard.length]).toEqual([true, 1]);
    there.set(kAda, { blocked: false }, '');
    there.set(kBen, { blocked: true }, 'Ben');
    here.set(id(3), { blocked: true }, 'Cleo'); // before the event
    expect(here.all().map(({ name }) => name)).toEqual(['Ben', 'Cleo']);
    expect(heard.at(-1)?.map(({ id: who, blocked }) => [who, blocked])).toEqual([[kAda, false], [kBen, true], [id(3), true]]);
  });

  it('knows_somebody_by_the_name_that_they_had_when_they_were_blocked', () => {
    const kept = memory();
    const store = new BlockStore(kept);
    store.set(kAda, { blocked: true }, 'Ada');
    store.rename(kAda, 'Cleo');
    store.set(kAda, { voiceKept: true }, 'Cleo');
    expect(new BlockStore(kept).all()).toMatchObject([{ name: 'Cleo', nameThen: 'Ada' }]);
    store.set(kAda, { blocked: false, voiceKept: false }, 'Cleo');
    store.set(kAda, { blocked: true }, 'Cleo');
    expect(store.all()).toMatchObject([{ name: 'Cleo', nameThen: 'Cleo' }]);
    store.set(kBen, { blocked: true }, '');
    store.rename(kBen, 'Ben');
    expect(store.all().at(-1)).toMatchObject({ name: 'Ben', nameThen: 'Ben' });
  });

  it('reads_a_list_that_was_kept_before_that', () => {
    expect(new BlockStore(memory(JSON.stringify([[kAda, 'Ada', true, false]]))).all()).toMatchObject([{ name: 'Ada', nameThen: 'Ada' }]);
  });

  it('knows_the_last_name_and_none_of_strangers', () => {
    const kept = memory();
    const store = new BlockStore(kept);
    store.set(kAda, { blocked: true }, 'Ada');
    store.rename(kAda, 'Ada L.');
    store.rename(kAda, '');
    store.set(kAda, { voiceKept: true }, '');
    store.rename(kBen, 'Ben');
    expect(new BlockStore(kept).all()).toEqual([{ id: kAda, name: 'Ada L.', nameThen: 'Ada', blocked: true, voiceKept: true }]);
    store.rename(kAda, 'x'.repeat(500));
    expect(new BlockStore(kept).get(kAda).blocked).toBe(true);
  });

  it('forgets_the_least_recently_changed_first', () => {
    const store = new BlockStore(memory());
    for (let i = 0; i < 1000; ++i) store.set(id(i), { blocked: true }, '');
    store.set(id(0), { voiceKept: true }, '');
    store.set(id(5000), { blocked: true }, '');
    expect([store.all().length, store.get(id(0)).blocked, store.get(id(1)).blocked, store.get(id(2)).blocked]).toEqual([1000, true, false, true]);
  });

  it.each(['{', '7', '{"a":1}', 'null'])('unblocks_nobody_when_the_storage_is_spoilt_%s', (text) => {
    const kept = memory();
    const store = new BlockStore(kept);
    store.set(kAda, { blocked: true }, 'Ada');
    kept.text = text;
    store.reload();
    expect(store.get(kAda).blocked).toBe(true);
    store.set(kBen, { blocked: true }, 'Ben');
    expect(new BlockStore(kept).all()).toHaveLength(2);
  });

  it('takes_from_a_spoilt_list_what_is_good', () => {
    const rows = [[kAda, 'Ada', true, false], ['xyz', 'Ben', true, false], [kBen, 7, true, false], [kBen, 'Ben', false, false], [kBen, 'Ben', 1, 0], null, [kBen]];
    expect(new BlockStore(memory(JSON.stringify(rows))).all().map(({ name }) => name)).toEqual(['Ada']);
  });

  it('lives_without_storage', () => {
    const refuse = (): never => {
      throw new Error('denied');
    };
    for (const storage of [null, { getItem: refuse, setItem: refuse }]) {
      const store = new BlockStore(storage);
      store.set(kAda, { blocked: true }, 'Ada');
      store.reload();
      expect(store.get(kAda).blocked).toBe(true);
    }
  });
});
