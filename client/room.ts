import { isPeerId, pageBlocks, type Block, type BlockedPerson } from './block_store.ts';
import { Chat, type Said } from './chat.ts';
import { Engine, type EngineModules } from './engine/engine.ts';
import type { FromAudio, FromNetwork } from './engine/messages.ts';
import { decodeRoomView } from './engine/room_view.ts';
import { GroveError } from './errors.ts';
import { startOfRun, type Identity } from './identity.ts';
import { Inquiries } from './inquiries.ts';
import type { JoinOptions } from './join.ts';
import { localStorageOrNull } from './kept.ts';
import type { Message } from './message_log.ts';
import type { Peer } from './peer.ts';
import { RoleWatch, thisPage } from './role_watch.ts';
import type { RoomPicture } from './room_picture.ts';
import { Roster } from './roster.ts';
import { Microphone, type VoiceInput } from './sound/microphone.ts';
import { soundState, watchContext, type SoundState } from './sound/output.ts';
import { SoundCard } from './sound/sound_card.ts';
import type { RoomStats } from './stats.ts';
import { StatsDesk } from './stats_desk.ts';
import { StripStore } from './strip_store.ts';
import { Links } from './transport/links.ts';

export interface Me {
  readonly id: string; // as others see it in Peer.id
  readonly name: string;
  readonly muted: boolean;
  readonly level: number; // dBFS, also while muted
  readonly speaking: boolean; // your voice is going out
  readonly microphone: 'none' | 'live' | 'lost'; // lost: unplugged, or taken away; setMicrophone mends it
}

export type RendezvousState = 'connecting' | 'open' | 'waiting' | 'refused' | 'resting';

export interface Rendezvous {
  readonly state: RendezvousState; // waiting: not reachable, the next try comes by itself · resting: others keep the door, all is well
  readonly retryInMs: number; // waiting: from the moment of the change
  readonly reason: string; // refused: the server's words
}

/**
 * A room that you are in. Events (plain Events; read the new values here):
 * 'change' anything in me, peers, rendezvous or sound · 'message' somebody wrote, you too · 'levels' about 15 a second ·
 * 'left' the room is over: you left, the page is closing, or `error` says what broke.
 */
export class Room extends EventTarget {
  readonly peers: ReadonlyMap<string, Peer>; // by Peer.id, in the order in which they came
  /** Whether sound travels over shared memory; false: the page is not cross-origin isolated, and it takes longer. */
  readonly isolated: boolean = globalThis.crossOriginIsolated;
  /** Why the room ended by itself; null otherwise. */
  error: GroveError | null = null;

  private readonly mine: { -readonly [Key in keyof Me]: Me[Key] };
  private server: Rendezvous = { state: 'connecting', retryInMs: 0, reason: '' };
  private readonly context: AudioContext;
  private readonly identity: Identity;
  private readonly roster: Roster;
  private readonly desk: StatsDesk;
  private readonly blocks = pageBlocks();
  private readonly unwatchBlocks: () => void;
  private readonly chat: Chat;
  private readonly pictures = new Inquiries<Uint8Array>();
  private readonly roleWatch: RoleWatch | null;
  private readonly links: Links;
  private readonly engine: Engine;
  private readonly card: SoundCard;
  private readonly unwatchContext: () => void;
  private leaving: Promise<void> | null = null;
  private closed = false;
  private onClosed: () => void = () => undefined;

  /** @internal Use joinRoom (join.ts). */
  constructor(
    readonly link: string,
    { secret, rendezvous }: { secret: Uint8Array; rendezvous: string },
    options: JoinOptions,
    { context, modules, identity }: Surroundings,
  ) {
    super();
    const { name, muted = false, microphone = null, copiesMax = null } = options;
    this.mine = { id: '', name, muted, level: -100, speaking: false, microphone: 'none' };
    this.context = context;
    this.identity = identity;
    const strips = new StripStore(localStorageOrNull());
    this.roster = new Roster(strips, this.blocks, (command) => this.engine.command(command), () => this.dispatch('change'));
    this.peers = this.roster.byId;
    this.chat = new Chat({
      me: () => this.mine,
      nameOf: (author) => this.peers.get(author)?.name ?? '',
      isHidden: (author) => this.blocks.get(author).blocked,
      publish: (request, body) => this.engine.tell({ kind: 'publish', request, body }),
      appeared: () => this.dispatch('message'),
      now: () => Date.now(),
    });
    this.desk = new StatsDesk((peer) => this.roster.idOf(peer), () => ({
      captureOverruns: this.card.captureOverruns,
      messagesSpoilt: this.chat.spoilt,
    }));
    this.links = new Links((message, transfer) => this.engine.tell(message, transfer));
    this.roleWatch = options.role ? null : new RoleWatch(thisPage(), (role) => this.engine.tell({ kind: 'setRole', role }));
    const role = options.role ?? this.roleWatch?.role ?? 'desktop';
    const entropy = crypto.getRandomValues(new Uint8Array(32));
    this.engine = new Engine(
      modules,
      {
        config: { secret, seed: identity.seed, entropy, name, wallMs: startOfRun(), copiesMax, role },
        rendezvous,
        muted,
        blocks: this.blocks.all(),
        rate: context.sampleRate,
      },
      {
        fromNetwork: (message) => this.onNetwork(message),
        fromAudio: (message) => this.onAudio(message),
        failed: (error) => this.fail(error),
      },
    );
    let card: SoundCard | null = null;
    try {
      card = this.card = new SoundCard(context, options.output ?? null, this.engine, () => this.onInputLost());
      this.setMicrophone(microphone);
    } catch (error) {
      // An output or microphone of the app's that does not fit, such as a stream without sound.
      card?.close();
      this.roleWatch?.close();
      this.engine.close();
      identity.release();
      throw new GroveError('audio-failed', `the sound could not be connected: ${String(error)}`, { cause: error });
    }
    this.unwatchBlocks = this.blocks.watch((changed) => this.onBlocks(changed));
    this.unwatchContext = watchContext(context, () => this.dispatch('change'));
    globalThis.addEventListener('pagehide', this.onPageHide);
  }

  get me(): Me {
    return this.mine;
  }

  get rendezvous(): Rendezvous {
    return this.server;
  }

  /** 'suspended' until the browser has seen a gesture; 'interrupted' while the system has taken the sound away. */
  get sound(): SoundState {
    return soundState(this.context);
  }

  setMuted(muted: boolean): void {
    if (this.leaving || muted === this.mine.muted) return;
    this.mine.muted = muted;
    this.engine.command({ kind: 'mute', peer: 0, value: Number(muted) });
    this.engine.tell({ kind: 'setMuted', muted });
    this.dispatch('change');
  }

  setName(name: string): void {
    if (this.leaving || name === this.mine.name) return;
    this.mine.name = name;
    this.engine.tell({ kind: 'setName', name });
    this.dispatch('change');
  }

  /**
   * Replaces the microphone while you talk on; null: listen only. The old one stays open until its owner closes it.
   * @throws GroveError 'audio-failed' when it cannot be connected, such as a stream without sound; the old one then stays in use
   */
  setMicrophone(microphone: VoiceInput): void {
    if (this.leaving) return;
    try {
      this.card.connectInput(microphone);
    } catch (error) {
      throw new GroveError('audio-failed', `the microphone could not be connected: ${String(error)}`, { cause: error });
    }
    const lost = microphone instanceof Microphone && !microphone.live;
    this.mine.microphone = lost ? 'lost' : microphone ? 'live' : 'none';
    this.dispatch('change');
  }

  /** What was written in the room, newest last: the last 200 messages, also those from before you came. A new list after each. */
  get messages(): readonly Message[] {
    return this.chat.messages;
  }

  /** Writes to everybody in the room and those who come later: text of up to 4,000 characters. Never rejects. */
  say(text: string): Promise<Said> {
    return this.leaving ? Promise.resolve('left') : this.chat.say(text);
  }

  /** Whom you block or keep your voice from, here or not, on this device; most recently changed last. */
  get blockedPeople(): readonly BlockedPerson[] {
    return this.blocks.all().filter(({ id }) => id !== this.mine.id);
  }

  /**
   * As Peer.block(), unblock() and keepVoiceFrom, for anybody: somebody who has left, or wrote before you came.
   * @throws GroveError 'peer-malformed' when `id` is none
   */
  setBlocked(id: string, change: Partial<Block>): void {
    if (!isPeerId(id)) throw new GroveError('peer-malformed', `${id} is not the id of a person`);
    if (id === this.mine.id) return;
    this.blocks.set(id, change, this.peers.get(id)?.name ?? this.chat.nameOf(id));
  }

  /** Says goodbye and closes everything that the room opened. Resolves when it is over; never rejects. */
  leave(): Promise<void> {
    this.leaving ??= new Promise((resolve) => {
      if (this.closed) return resolve();
      this.onClosed = resolve;
      setTimeout(() => this.close(), kLeaveMaxMs);
      this.engine.tell({ kind: 'leave' });
    });
    return this.leaving;
  }

  /** Figures for developers. Rejects ('engine-failed') when the room ends before they are there. */
  stats(): Promise<RoomStats> {
    if (this.leaving) return Promise.reject(roomIsOver());
    return this.desk.open((request) => {
      this.engine.tell({ kind: 'stats', request });
      this.engine.command({ kind: 'stats', peer: 0, value: request });
    });
  }

  /**
   * The room as it is: links, and who carries whose voice. Rejects ('engine-failed') when the room ends before it is there.
   * It costs little for thirty people; still, ask only while somebody looks.
   */
  trees(): Promise<RoomPicture> {
    if (this.leaving) return Promise.reject(roomIsOver());
    return this.pictures.open((request) => this.engine.tell({ kind: 'view', request })).then(decodeRoomView);
  }

  /** Gives the picture at once and then every second, until the function that it returns is called or the room ends. */
  watchTrees(show: (picture: RoomPicture) => void): () => void {
    let ended = false;
    const look = async (): Promise<void> => {
      while (!ended) {
        const picture = await this.trees().catch(() => null);
        if (!picture || ended) return;
        show(picture);
        await new Promise((resolve) => setTimeout(resolve, kLookEveryMs));
      }
    };
    void look();
    return () => void (ended = true);
  }

  /** @internal */
  async ready(): Promise<void> {
    await this.engine.ready;
  }

  private onNetwork(message: FromNetwork): void {
    if (this.closed) return;
    switch (message.kind) {
      case 'createLink':
        return this.links.create(message.link, message.role);
      case 'applySignal':
        return this.links.applySignal(message.link, message.signal, message.text);
      case 'closeLink':
        return this.links.close(message.link);
      case 'iceServers':
        return this.links.setIceServers(message.urls);
      case 'lossReported':
        return this.engine.command({ kind: 'expectedLoss', peer: 0, value: message.percent });
      case 'self':
        this.mine.id = message.id;
        return;
      case 'rendezvousChanged':
        this.server = { state: message.state, retryInMs: message.retryInMs, reason: message.reason };
        return this.dispatch('change');
      case 'stats':
        return this.desk.answer({ network: message });
      case 'deliverNote':
        return this.chat.handleNote(message);
      case 'published':
        return this.chat.answer(message.request, message.outcome);
      case 'view':
        return this.pictures.answer(message.request, message.bytes);
      case 'left':
        return this.close();
      case 'failed':
        return; // the engine calls failed()
      default:
        return this.roster.apply(message);
    }
  }

  private onAudio(message: FromAudio): void {
    if (this.closed) return;
    if (message.kind === 'stats') return this.desk.answer({ audio: message });
    if (message.kind !== 'levels') return;
    [, this.mine.level, this.mine.speaking] = message.me;
    this.roster.applyLevels(message.peers);
    this.dispatch('levels');
  }

  // What the ear hears comes first, then what others are asked to send.
  private onBlocks(changed: readonly BlockedPerson[]): void {
    for (const { id } of changed) this.roster.applyBlock(id);
    for (const { id, blocked, voiceKept } of changed) this.engine.tell({ kind: 'setBlock', block: { id, blocked, voiceKept } });
    this.chat.look();
    this.dispatch('change');
  }

  private onInputLost(): void {
    this.mine.microphone = 'lost';
    this.dispatch('change');
  }

  // A page that goes away, to the back/forward cache too, leaves politely while it still can.
  private readonly onPageHide = (): void => {
    void this.leave();
    this.engine.awaitGoodbye();
  };

  private fail(error: GroveError): void {
    if (this.closed) return;
    this.error = error;
    this.close();
  }

  private close(): void {
    if (this.closed) return;
    this.closed = true;
    this.leaving ??= Promise.resolve();
    globalThis.removeEventListener('pagehide', this.onPageHide);
    this.unwatchContext();
    this.unwatchBlocks();
    this.roleWatch?.close();
    this.card.close();
    this.links.closeAll();
    this.engine.close();
    this.desk.close(this.error ?? roomIsOver());
    this.pictures.close(this.error ?? roomIsOver());
    this.chat.close();
    this.identity.release();
    this.mine.level = -100;
    this.mine.speaking = false;
    this.onClosed();
    this.dispatch('left');
  }

  private dispatch(type: 'change' | 'message' | 'levels' | 'left'): void {
    this.dispatchEvent(new Event(type));
  }
}

/** @internal What joinRoom made ready. */
export interface Surroundings {
  context: AudioContext;
  modules: EngineModules;
  identity: Identity;
}

const kLookEveryMs = 1000; // the map changes no faster: records are told at most once a second (DESIGN.md §4)
const kLeaveMaxMs = 1000; // guess: a network Worker that has not said goodbye by then is not going to

function roomIsOver(): GroveError {
  return new GroveError('engine-failed', 'the room is over');
}
