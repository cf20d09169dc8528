// From the start page into a room and back.
import type { RoomPicture } from '@grove/client';
import type { ChatRoom } from './chat.ts';
import type { LiveMicrophone, MicrophoneCheck } from './microphone_check.ts';
import type { RendezvousView } from './notice.ts';
import { Observable } from './observable.ts';
import { cleanName, type Preferences } from './preferences.ts';
import { type JoinProblem, joinProblemOf } from './problem.ts';

// What is needed of the client's Peer and Room; the UI reads and sets no more than this.
export interface PeerView {
  readonly id: string;
  readonly name: string;
  readonly muted: boolean;
  readonly speaking: boolean;
  readonly level: number;
  readonly link: 'connecting' | 'connected' | 'failed';
  readonly rttMs: number | null;
  volumeDb: number;
  silenced: boolean;
  pan: number;
  readonly blocked: boolean;
  keepVoiceFrom: boolean;
  block(): void;
  unblock(): void;
}

export interface BlockedView {
  readonly id: string;
  readonly name: string;
  readonly nameThen: string;  // when they were blocked
  readonly blocked: boolean;
  readonly voiceKept: boolean;
}

export interface RoomView extends EventTarget, ChatRoom {
  readonly me: {
    readonly id: string;
    readonly name: string;
    readonly muted: boolean;
    readonly level: number;
    readonly speaking: boolean;
  };
  readonly peers: ReadonlyMap<string, PeerView>;
  readonly rendezvous: RendezvousView;
  readonly sound: 'running' | 'suspended' | 'interrupted' | 'closed';
  readonly link: string;
  readonly error: unknown;  // why the room ended by itself; null otherwise
  readonly blockedPeople: readonly BlockedView[];  // those who are not here too
  setBlocked(id: string, change: { blocked?: boolean; voiceKept?: boolean }): void;
  setMuted(isMuted: boolean): void;
  watchTrees(show: (picture: RoomPicture) => void): () => void;
  leave(): Promise<void>;
}

export interface VoicedRoom<M> extends RoomView {
  setMicrophone(microphone: M | null): void;
}

export type LinkState = 'no-secret' | 'malformed' | 'good';

export interface SessionPorts<M, R> {
  missingFeatures(): readonly string[];
  addressProblem(): string | null;  // what the page's address asks for and cannot have
  currentLink(): string;
  linkState(link: string): LinkState;
  newLink(): string;
  showLink(link: string): void;  // into the address bar
  isOpenInAnotherTab(link: string): Promise<boolean>;  // of this browser
  report(error: unknown): void;  // to developers
  join(link: string, options: { name: string; microphone: M | null; muted: boolean }): Promise<R>;
}

export class Session<M extends LiveMicrophone, R extends VoicedRoom<M>> extends Observable {
  phase: 'start' | 'joining' | 'room' = 'start';
  link: LinkState = 'no-secret';
  isNewRoom = false;  // this page made the link
  hasLeft = false;
  isLinkElsewhere = false;  // in the address bar, while in a room
  isOpenTwice = false;  // the room of the link is open in another tab; before joining
  isNameMissing = false;
  missing: readonly string[];
  readonly addressProblem: string | null;
  joinProblem: JoinProblem | null = null;
  room: R | null = null;
  private inRoom: M | null = null;  // the microphone that the room has

  constructor(readonly ports: SessionPorts<M, R>, readonly microphone: MicrophoneCheck<M>,
              readonly preferences: Preferences) {
    super();
    this.missing = ports.missingFeatures();
    this.addressProblem = ports.addressProblem();
    this.link = ports.linkState(ports.currentLink());
    void this.lookForTwin();
    microphone.subscribe(() => this.passMicrophoneOn());
  }

  // The address bar changed under the page: another link was pasted, or opened in this tab. A call goes on until its
  // user says otherwise.
  handleLinkChanged(): void {
    if (this.room) {
      this.isLinkElsewhere = this.ports.currentLink() !== this.room.link;
      return this.changed();
    }
    this.readLink();
  }

  stay(): void {
    if (!this.room) return;
    this.ports.showLink(this.room.link);
    this.isLinkElsewhere = false;
    this.changed();
  }

  async followLink(): Promise<void> {
    await this.leave();
    this.readLink();
  }

  private readLink(): void {
    this.hasLeft = false;
    this.isNewRoom = false;
    this.joinProblem = null;
    this.link = this.ports.linkState(this.ports.currentLink());
    this.isOpenTwice = false;
    void this.lookForTwin();
    this.changed();
  }

  // The tab came to the front: the other one may have been opened or closed meanwhile.
  handleSeen(): void {
    if (this.phase === 'start') void this.lookForTwin();
  }

  private async lookForTwin(): Promise<void> {
    const link = this.ports.currentLink();
    const isOpen = this.link === 'good' && await this.ports.isOpenInAnotherTab(link);
    if (this.phase !== 'start' || this.ports.currentLink() !== link || isOpen === this.isOpenTwice) return;
    this.isOpenTwice = isOpen;
    this.changed();
  }

  startNewRoom(): void {
    this.ports.showLink(this.ports.newLink());
    this.link = 'good';
    this.isNewRoom = true;
    this.isOpenTwice = false;
    this.hasLeft = false;
    this.changed();
  }

  // Called in a user's gesture. Asks for the microphone where that has not been done.
  async join(typedName: string): Promise<void> {
    if (this.phase !== 'start' || this.link !== 'good' || this.missing.length > 0 || this.addressProblem) return;
    const name = cleanName(typedName);
    this.isNameMissing = name === '';
    if (this.isNameMissing) return this.changed();
    this.preferences.name = name;
    this.phase = 'joining';
    this.joinProblem = null;
    this.changed();
    const isReady = await this.askForMicrophone();
    if (isReady) await this.enter(name);
    else this.phase = 'start';
    this.changed();
  }

  async leave(): Promise<void> {
    const room = this.room;
    if (!room) return;
    this.forgetRoom();
    await room.leave();
  }

  // The rendezvous refused, or the user wants a clean start.
  async rejoin(): Promise<void> {
    const name = this.room?.me.name ?? this.preferences.name;
    await this.leave();
    await this.join(name);
  }

  toggleMute(): void {
    if (!this.room || !this.inRoom) return;
    this.room.setMuted(!this.room.me.muted);
    this.preferences.isMuted = this.room.me.muted;
  }

  get hasMicrophone(): boolean {
    return this.inRoom !== null;
  }

  // False: the microphone was refused just now, and the user decides with the explanation before them. A problem that
  // they have seen already means: join and listen.
  private async askForMicrophone(): Promise<boolean> {
    const { microphone } = this;
    if (microphone.isListenOnly || microphone.status === 'live' || microphone.status === 'problem') return true;
    // A question that nobody answers never settles: whoever then chooses to listen only goes on without it.
    let endSubscription = (): void => {};
    const listensOnly = new Promise<void>((resolve) => {
      endSubscription = microphone.subscribe(() => { if (microphone.isListenOnly) resolve(); });
    });
    await Promise.race([microphone.check(), listensOnly]);
    endSubscription();
    return microphone.microphone !== null || microphone.isListenOnly;
  }

  private async enter(name: string): Promise<void> {
    const microphone = this.microphone.microphone;
    try {
      const room = await this.ports.join(this.ports.currentLink(), { name, microphone, muted: this.preferences.isMuted });
      this.room = room;
      this.inRoom = microphone;
      this.phase = 'room';
      this.hasLeft = false;
      this.isLinkElsewhere = this.ports.currentLink() !== room.link;
      room.addEventListener('left', () => this.handleEnd(room), { once: true });
      this.passMicrophoneOn();
    } catch (error) {
      this.phase = 'start';
      this.joinProblem = joinProblemOf(error);
    }
  }

  // A microphone that was exchanged, lost or turned on during the call.
  private passMicrophoneOn(): void {
    const microphone = this.microphone.microphone;
    if (!this.room || this.microphone.status === 'asking' || microphone === this.inRoom) return;
    try {
      this.room.setMicrophone(microphone);
      this.inRoom = microphone;
    } catch (error) {
      this.ports.report(error);  // the room keeps the one that it has
    }
    this.changed();
  }

  private handleEnd(room: R): void {
    if (this.room !== room) return;
    this.joinProblem = room.error === null ? null : 'call-stopped';
    this.forgetRoom();
  }

  private forgetRoom(): void {
    this.room = null;
    this.inRoom = null;
    this.isLinkElsewhere = false;
    this.isOpenTwice = false;
    this.phase = 'start';
    this.hasLeft = this.joinProblem === null;
    this.isNewRoom = false;
    this.link = this.ports.linkState(this.ports.currentLink());  // which may be another by now
    this.microphone.close();  // the recording light goes out with the call
    void this.lookForTwin();
    this.changed();
  }
}
