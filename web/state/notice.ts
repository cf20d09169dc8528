// What the room has to say about itself above the cards.
import { nameList, text } from '../text.ts';
import type { RoomView } from './session.ts';

export interface RendezvousView {
  readonly state: 'connecting' | 'open' | 'waiting' | 'refused' | 'resting';
  readonly retryInMs: number;
  readonly reason: string;
}

export interface Notice {
  readonly title: string;
  readonly body: string;
}

// `sinceMs`: how long ago the rendezvous said so. Null where there is nothing to tell: while all is well, and during the
// first connecting, which the room's headline tells already.
export function rendezvousNotice(rendezvous: RendezvousView, sinceMs: number, others: number,
                                 hasFailed: boolean): Notice | null {
  const words = text.problem;
  if (rendezvous.state === 'refused') {
    const { title, reason, noReason, keepsTrying } = words.rendezvousRefused;
    const why = rendezvous.reason === '' ? noReason : reason(rendezvous.reason);
    return { title, body: `${why} ${keepsTrying} ${countdown(rendezvous.retryInMs - sinceMs)}` };
  }
  const isRetrying = rendezvous.state === 'connecting' && hasFailed;
  if (rendezvous.state !== 'waiting' && !isRetrying) return null;
  const { title, body, bodyAlone, retryNow } = words.rendezvousWaiting;
  const retry = isRetrying ? retryNow : countdown(rendezvous.retryInMs - sinceMs);
  return { title, body: `${others > 0 ? body : bodyAlone} ${retry}` };
}

function countdown(leftMs: number): string {
  const { retryIn, retryNow } = text.problem.rendezvousWaiting;
  const seconds = Math.ceil(leftMs / 1000);
  return seconds >= 1 ? retryIn(seconds) : retryNow;
}

// `slow`: connecting for longer than usual. That is told only where a block of ours may be the reason: `blocked` are here.
export function peerNotice(failed: readonly string[], slow: readonly string[] = [], blocked: readonly string[] = []): Notice | null {
  const { title, body, slowTitle, blockedWay } = text.problem.peerFailed;
  const away = nameList(failed.length > 0 ? failed : slow);
  const way = blocked.length > 0 ? blockedWay(nameList(blocked), away) : null;
  if (failed.length > 0) return { title: title(away), body: way === null ? body : `${way} ${body}` };
  return slow.length > 0 && way !== null ? { title: slowTitle(away), body: way } : null;
}

const kSoundStartMs = 2000;  // a sound card starts in less; guess

// `pressedMs`: how long ago somebody first pressed "Turn sound on"; null: nobody has.
export function soundNotice(sound: RoomView['sound'], pressedMs: number | null): 'blocked' | 'failed' | 'interrupted' | null {
  if (sound === 'interrupted') return 'interrupted';
  if (sound !== 'suspended') return null;
  return pressedMs !== null && pressedMs >= kSoundStartMs ? 'failed' : 'blocked';
}
