// Channels over PumpedChannel, the library's own second kind of channel; the test is the main thread at its other end.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until } from '../testing/turns.ts';
import { Channels } from './channels.ts';
import { PumpedChannel } from './pump.ts';

type Told = ['open', number] | ['closed', number] | ['message', number, string, number[]] | ['buffered', number, number];

let told: Told[];
let channels: Channels;
let far: { control: MessagePort; voice: MessagePort };
let sent: unknown[];

beforeEach(() => {
  told = [];
  sent = [];
  channels = new Channels({
    linkOpen: (link) => told.push(['open', link]),
    linkClosed: (link) => told.push(['closed', link]),
    linkMessage: (link, channel, message) => told.push(['message', link, channel, [...message]]),
    linkBuffered: (link, bytes) => told.push(['buffered', link, bytes]),
  });
  const control = new MessageChannel();
  const voice = new MessageChannel();
  far = { control: control.port2, voice: voice.port2 };
  far.control.onmessage = far.voice.onmessage = (event: MessageEvent<unknown>) => void sent.push(event.data);
  channels.add(5, { control: new PumpedChannel(control.port1), voice: new PumpedChannel(voice.port1) });
});

afterEach(() => {
  far.control.close();
  far.voice.close();
});

const state = (name: 'control' | 'voice', is: string): void => far[name].postMessage({ kind: 'state', state: is });
const message = (name: 'control' | 'voice', ...bytes: number[]): void =>
  far[name].postMessage({ kind: 'message', data: Uint8Array.from(bytes).buffer });

describe('Channels', () => {
  it('a_link_is_open_when_both_channels_are', async () => {
    state('voice', 'open');
    message('voice', 1);
    state('control', 'open');
    await until(() => told.length === 2);
    expect(told).toEqual([
      ['open', 5],
      ['message', 5, 'voice', [1]],
    ]);
  });

  it('tells_what_waits_after_each_voice_message_and_when_it_fell', async () => {
    state('voice', 'open');
    state('control', 'open');
    await until(() => told.length === 1);
    channels.send(5, 'voice', new Uint8Array(120));
    channels.send(5, 'control', new Uint8Array(50));
    channels.send(5, 'voice', new Uint8Array(100));
    far.voice.postMessage({ kind: 'buffered', bytes: 0, low: true });
    await until(() => told.length === 4);
    expect(told.slice(1)).toEqual([
      ['buffered', 5, 120],
      ['buffered', 5, 220],
      ['buffered', 5, 0],
    ]);
    expect(channels.controlBuffered()).toBe(50);
  });

  it('tells_of_a_queue_that_fell_without_an_event', async () => {
    state('voice', 'open');
    state('control', 'open');
    await until(() => told.length === 1);
    channels.send(5, 'voice', new Uint8Array(120));
    far.voice.postMessage({ kind: 'buffered', bytes: 40, low: false });
    await until(() => {
      channels.refreshBuffered();
      return told.length === 3;
    });
    expect(told[2]).toEqual(['buffered', 5, 40]);
  });

  it('a_link_is_lost_once_when_either_channel_closes', async () => {
    state('voice', 'open');
    state('control', 'open');
    await until(() => told.length === 1);
    state('voice', 'closed');
    state('control', 'closed');
    await until(() => sent.length === 2);
    expect(told).toEqual([
      ['open', 5],
      ['closed', 5],
    ]);
  });

  it('says_nothing_more_about_a_link_that_was_closed', async () => {
    state('voice', 'open');
    state('control', 'open');
    await until(() => told.length === 1);
    channels.close(5);
    message('control', 1);
    await until(() => sent.length === 2);
    channels.send(5, 'control', Uint8Array.of(1));
    expect(told).toEqual([['open', 5]]);
    expect(sent).toEqual([{ kind: 'close' }, { kind: 'close' }]);
  });
});
