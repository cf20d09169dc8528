// Short words for the numbers and states of a person's card.
import { text } from '../text.ts';
import type { PeerView, RoomView } from './session.ts';

const kMinus = '−';

export function speakVolume(db: number): string {
  if (db === -Infinity) return text.peer.off;
  const whole = Math.round(db);
  if (whole === 0) return '0 dB';
  return `${whole > 0 ? '+' : kMinus}${Math.abs(whole)} dB`;
}

export function speakPan(pan: number): string {
  const percent = Math.round(Math.abs(pan) * 100);
  if (percent === 0) return text.peer.middle;
  return `${percent} % ${pan < 0 ? text.peer.left : text.peer.right}`;
}

type Status = Pick<PeerView, 'silenced' | 'link' | 'muted' | 'speaking' | 'rttMs' | 'blocked' | 'keepVoiceFrom'>;

// What matters most about somebody right now. A person who is not connected cannot be heard, whatever else is true; of one who
// is blocked nothing is shown.
export function peerStatus({ silenced, link, muted, speaking, rttMs, blocked, keepVoiceFrom }: Status): string {
  if (blocked) return keepVoiceFrom ? text.block.statusKept : text.block.status;
  if (link === 'failed') return text.peer.failed;
  if (link === 'connecting') return text.peer.connecting;
  if (silenced) return text.peer.silenced;
  if (muted) return text.peer.muted;
  if (speaking) return text.peer.speaking;
  return rttMs === null ? text.peer.quiet : `${text.peer.quiet} · ${Math.round(rttMs)} ms`;
}

export interface OwnVoice {
  readonly hasMicrophone: boolean;
  readonly muted: boolean;
  readonly sound: RoomView['sound'];
  readonly peers: readonly Pick<PeerView, 'link' | 'keepVoiceFrom'>[];
}

// What the others have of you, at your own strip and when you switch. That they hear you is said only where somebody can.
export function ownStatus({ hasMicrophone, muted, sound, peers }: OwnVoice): string {
  if (!hasMicrophone) return text.room.listening;
  if (muted) return text.room.youMuted;
  if (sound !== 'running') return text.room.noSound;  // the microphone stands still with it
  if (peers.length === 0) return text.room.microphoneOn;
  return peers.some(({ link, keepVoiceFrom }) => link === 'connected' && !keepVoiceFrom) ? text.room.youUnmuted : text.room.noWay;
}

export function ownVoice(room: RoomView, hasMicrophone: boolean): OwnVoice {
  return { hasMicrophone, muted: room.me.muted, sound: room.sound, peers: [...room.peers.values()] };
}
