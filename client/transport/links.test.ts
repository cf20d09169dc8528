import { afterEach, expect, it, vi } from 'vitest';
import type { ToNetwork } from '../engine/messages.ts';
import { Links } from './links.ts';

// The browser's part, as far as its constructor judges ICE servers: a TURN server needs a password, a URL must be one.
class Connection extends EventTarget {
  constructor({ iceServers = [] }: RTCConfiguration = {}) {
    super();
    for (const { urls } of iceServers) {
      if (String(urls).startsWith('turn')) throw new DOMException('no credential', 'InvalidAccessError');
      if (String(urls).includes('[')) throw new DOMException('no URL', 'SyntaxError');
    }
    made.push(iceServers);
  }
  createDataChannel(): object {
    return {};
  }
  close(): void {
    return;
  }
}
let made: RTCIceServer[][] = [];

afterEach(() => void vi.unstubAllGlobals());

function linkWith(urls: string[]): ToNetwork['kind'][] {
  made = [];
  vi.stubGlobal('RTCPeerConnection', Connection);
  const told: ToNetwork['kind'][] = [];
  const links = new Links((message) => void told.push(message.kind));
  links.setIceServers(urls);
  links.create(1, 'answers');
  return told;
}

it('makes links with the STUN servers of the rendezvous', () => {
  expect(linkWith(['stun:a.example', 'stuns:b.example'])).toEqual(['channels']);
  expect(made).toEqual([[{ urls: 'stun:a.example' }, { urls: 'stuns:b.example' }]]);
});

it('makes links although the rendezvous names a TURN server without a password', () => {
  expect(linkWith(['turn:a.example', 'stun:b.example'])).toEqual(['channels']);
  expect(made).toEqual([[{ urls: 'stun:b.example' }]]);
});

it('makes links although the rendezvous names a spoilt URL', () => {
  expect(linkWith(['stun:[', 'stun:b.example'])).toEqual(['channels']);
  expect(made).toEqual([[]]);
});
