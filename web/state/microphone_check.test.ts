import { describe, expect, it } from 'vitest';
import { type Device, type LiveMicrophone, MicrophoneCheck } from './microphone_check.ts';
import { Preferences, type SoundOptions } from './preferences.ts';

// A desk with devices: what the browser would give.
class Desk {
  readonly asked: Partial<SoundOptions>[] = [];
  readonly open: string[] = [];
  refusal: string | null = null;
  absent = new Set<string>();
  granted = true;
  private waiting: (() => void)[] = [];
  isSlow = false;

  async openDevice(options: Partial<SoundOptions>): Promise<LiveMicrophone> {
    this.asked.push(options);
    if (this.isSlow) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const id = options.deviceId ?? 'default';
    const code = this.absent.has(id) ? 'microphone-absent' : this.refusal;
    if (code !== null) throw Object.assign(new Error(code), { code });
    this.open.push(id);
    return { level: -30, close: () => void this.open.splice(this.open.indexOf(id), 1) };
  }

  answerOldest(): void {
    this.waiting.shift()?.();
  }

  devices: Device[] = [{ deviceId: 'usb', label: 'USB' }];
}

function checkAt(desk: Desk, preferences = new Preferences(null)): MicrophoneCheck<LiveMicrophone> {
  return new MicrophoneCheck({
    open: (options) => desk.openDevice(options),
    isGranted: () => Promise.resolve(desk.granted),
    devices: () => Promise.resolve(desk.devices),
  }, preferences);
}

describe('microphone check', () => {
  it('starts_by_itself_only_when_nobody_needs_to_be_asked', async () => {
    const desk = new Desk();
    desk.granted = false;
    const check = checkAt(desk);
    await check.startIfGranted();
    expect(check.status).toBe('unasked');
    desk.granted = true;
    await check.startIfGranted();
    expect(check.status).toBe('live');
    expect(check.devices).toEqual(desk.devices);
  });

  it.each(['microphone-refused', 'microphone-absent', 'microphone-busy'])('%s_can_be_tried_again', async (code) => {
    const desk = new Desk();
    desk.refusal = code;
    const check = checkAt(desk);
    await check.check();
    expect([check.status, check.problem]).toEqual(['problem', code]);
    desk.refusal = null;
    await check.check();
    expect([check.status, check.problem]).toEqual(['live', null]);
  });

  it('another_device_takes_the_place_of_the_first', async () => {
    const desk = new Desk();
    const check = checkAt(desk);
    await check.check();
    await check.choose({ deviceId: 'usb' });
    expect(desk.open).toEqual(['usb']);
  });

  it('stays_live_while_another_choice_opens', async () => {
    const desk = new Desk();
    const check = checkAt(desk);
    await check.check();
    const first = check.microphone;
    desk.isSlow = true;
    const seen: string[] = [];
    check.subscribe(() => seen.push(check.status));
    const choosing = check.choose({ echoCancellation: false });
    expect(check.microphone).toBe(first);
    desk.answerOldest();
    await choosing;
    expect([new Set(seen), check.microphone === first]).toEqual([new Set(['live']), false]);
  });

  it('a_remembered_device_that_is_gone_gives_way_to_the_default', async () => {
    const desk = new Desk();
    desk.absent.add('usb');
    const check = checkAt(desk);
    await check.choose({ deviceId: 'usb' });
    await check.check();
    expect(check.status).toBe('live');
    expect(desk.open).toEqual(['default']);
    expect(desk.asked.at(-1)).not.toHaveProperty('deviceId');
  });

  it('an_answer_that_comes_after_a_newer_wish_is_closed', async () => {
    const desk = new Desk();
    desk.isSlow = true;
    const check = checkAt(desk);
    const first = check.check();
    const second = check.choose({ deviceId: 'usb' });
    desk.answerOldest();
    await first;
    expect([check.status, desk.open]).toEqual(['asking', []]);
    desk.answerOldest();
    await second;
    expect([check.status, desk.open]).toEqual(['live', ['usb']]);
  });

  it('listening_only_frees_the_device_even_while_it_opens', async () => {
    const desk = new Desk();
    desk.isSlow = true;
    const check = checkAt(desk);
    const asking = check.check();
    check.setListenOnly(true);
    desk.answerOldest();
    await asking;
    expect([check.status, check.isListenOnly, desk.open]).toEqual(['unasked', true, []]);
  });

  it('a_lost_microphone_is_told_and_an_old_one_is_ignored', async () => {
    const check = checkAt(new Desk());
    await check.check();
    const first = check.microphone;
    await check.check();
    if (first) check.lost(first);
    expect(check.status).toBe('live');
    if (check.microphone) check.lost(check.microphone);
    expect([check.status, check.problem, check.microphone]).toEqual(['problem', 'microphone-lost', null]);
  });

  it('plugging_a_microphone_in_mends_a_missing_one_but_not_a_refusal', async () => {
    const desk = new Desk();
    desk.refusal = 'microphone-absent';
    const check = checkAt(desk);
    await check.check();
    desk.refusal = null;
    await check.handleDevicesChanged();
    expect(check.status).toBe('live');
    desk.refusal = 'microphone-refused';
    await check.check();
    const asked = desk.asked.length;
    await check.handleDevicesChanged();
    expect([check.problem, desk.asked.length]).toEqual(['microphone-refused', asked]);
  });

  it('a_device_that_comes_during_the_call_is_offered_and_not_taken', async () => {
    const desk = new Desk();
    const check = checkAt(desk);
    await check.check();
    desk.devices = [...desk.devices, { deviceId: 'new', label: 'New' }];
    await check.handleDevicesChanged();
    expect([check.devices.length, desk.asked.length]).toEqual([2, 1]);
  });

  it('a_tab_that_only_listened_asks_for_nothing_after_a_reload', async () => {
    const entries = new Map<string, string>();
    const tab = { getItem: (key: string) => entries.get(key) ?? null, setItem: (key: string, value: string) => void entries.set(key, value) };
    checkAt(new Desk(), new Preferences(null, tab)).setListenOnly(true);
    const desk = new Desk();
    const check = checkAt(desk, new Preferences(null, tab));
    await check.startIfGranted();
    expect([check.isListenOnly, desk.asked]).toEqual([true, []]);
    await check.check();
    expect(new Preferences(null, tab).isListenOnly).toBe(false);
  });

  it('choices_are_remembered', async () => {
    const entries = new Map<string, string>();
    const storage = {
      getItem: (key: string) => entries.get(key) ?? null,
      setItem: (key: string, value: string) => void entries.set(key, value),
    };
    await checkAt(new Desk(), new Preferences(storage)).choose({ echoCancellation: false });
    expect(checkAt(new Desk(), new Preferences(storage)).options.echoCancellation).toBe(false);
  });
});
