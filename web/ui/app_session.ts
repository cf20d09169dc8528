import type { LiveMicrophone, MicrophoneCheck } from '../state/microphone_check.ts';
import type { RoomView, Session, SessionPorts, VoicedRoom } from '../state/session.ts';

type Any = Session<LiveMicrophone, VoicedRoom<LiveMicrophone>>;

// What the elements use of a Session. They neither know nor care which microphone and room the client makes.
export interface AppSession extends Pick<Any,
  'phase' | 'link' | 'isNewRoom' | 'hasLeft' | 'isNameMissing' | 'missing' | 'addressProblem' | 'joinProblem' | 'preferences' | 'hasMicrophone' | 'isLinkElsewhere' | 'isOpenTwice'
  | 'subscribe' | 'startNewRoom' | 'join' | 'leave' | 'rejoin' | 'toggleMute' | 'stay' | 'followLink'> {
  readonly room: RoomView | null;
  readonly microphone: MicrophoneCheck<LiveMicrophone>;
  readonly ports: Pick<SessionPorts<LiveMicrophone, RoomView>, 'currentLink'>;
}
