import { beforeEach, describe, expect, it } from 'vitest';
import { RendezvousSocket } from './rendezvous_socket.ts';

// As much of a browser's WebSocket as is touched.
class Line {
  readyState = 0;
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  sent: unknown[] = [];
  closed = false;

  send(message: unknown): void {
    this.sent.push(message);
  }
  close(): void {
    this.closed = true;
  }
}

let lines: Line[];
let looks: Set<() => void>;
let now: number;
let told: string[];
let events: EventTarget;
let socket: RendezvousSocket;

beforeEach(() => {
  lines = [];
  looks = new Set();
  now = 1000;
  told = [];
  events = new EventTarget();
  socket = new RendezvousSocket('ws://x/rendezvous', {
    rendezvousOpen: () => told.push('open'),
    rendezvousMessage: (message) => told.push(`message ${message.join()}`),
    rendezvousClosed: () => told.push('closed'),
  }, {
    open: () => {
      const line = new Line();
      lines.push(line);
      return line as unknown as WebSocket;
    },
    now: () => now,
    every: (_ms, act) => {
      looks.add(act);
      return () => looks.delete(act);
    },
    events,
  });
  socket.open();
});

function passTime(ms: number): void {
  now += ms;
  for (const look of [...looks]) look();
}

describe('the line to the rendezvous', () => {
  it('carries_messages_both_ways', () => {
    const [line] = lines;
    socket.send(Uint8Array.of(1)); // not open yet: nobody to hear it
    if (line) line.readyState = 1;
    line?.onopen?.();
    line?.onmessage?.({ data: Uint8Array.of(7, 8).buffer });
    socket.send(Uint8Array.of(2));
    expect(told).toEqual(['open', 'message 7,8']);
    expect(line?.sent).toEqual([Uint8Array.of(2)]);
  });

  it('that_breaks_is_told_once', () => {
    lines[0]?.onclose?.();
    passTime(60_000);
    events.dispatchEvent(new Event('offline'));
    expect(told).toEqual(['closed']);
  });

  it('is_given_up_after_the_machine_slept', () => {
    passTime(5000);
    passTime(9000); // a busy moment is no sleep
    expect(told).toEqual([]);
    passTime(3_600_000);
    expect(told).toEqual(['closed']);
    expect(lines[0]?.closed).toBe(true);
  });

  it('is_given_up_when_the_system_goes_offline', () => {
    events.dispatchEvent(new Event('offline'));
    expect(told).toEqual(['closed']);
    socket.open();
    lines[1]?.onopen?.();
    expect(told).toEqual(['closed', 'open']);
  });

  it('that_was_closed_on_purpose_says_nothing_more', () => {
    const [line] = lines;
    const { onclose } = line ?? {};
    socket.close();
    onclose?.call(line); // late, from a browser that had it in its queue
    passTime(3_600_000);
    expect([told, looks.size, line?.closed]).toEqual([[], 0, true]);
  });
});
