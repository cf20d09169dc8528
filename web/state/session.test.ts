import { describe, expect, it } from 'vitest';
import { MicrophoneCheck } from './microphone_check.ts';
import { Preferences } from './preferences.ts';
import { type LinkState, type PeerView, Session, type VoicedRoom } from './session.ts';

interface Mic {
  level: number;
  name: string;
  close(): void;
}

class PlainRoom extends EventTarget implements VoicedRoom<Mic> {
  me = { id: 'ab', name: 'Ada', muted: false, level: -100, speaking: false };
  peers = new Map<string, PeerView>();
  messages = [];
  blockedPeople = [];
  rendezvous = { state: 'open' as const, retryInMs: 0, reason: '' };
  sound = 'running' as const;
  error: Error | null = null;
  hasLeft = false;
  unfit = '';

  constructor(readonly link: string, public microphone: Mic | null, muted = false) {
    super();
    this.me = { ...this.me, muted };
  }

  setMuted(isMuted: boolean): void {
    this.me = { ...this.me, muted: isMuted };
  }

  setMicrophone(microphone: Mic | null): void {
    if (microphone?.name === this.unfit) throw new Error('does not fit');
    this.microphone = microphone;
  }

  setBlocked(): void {}

  say(): Promise<'sent'> {
    return Promise.resolve('sent');
  }

  watchTrees(): () => void {
    return () => undefined;
  }

  leave(): Promise<void> {
    this.hasLeft = true;
    this.dispatchEvent(new Event('left'));
    return Promise.resolve();
  }
}

function linkState(link: string): LinkState {
  const secret = link.split('#')[1] ?? '';
  return secret === '' ? 'no-secret' : secret.length === 22 ? 'good' : 'malformed';
}

const kGoodLink = 'https://grove/#abcdefghijklmnopqrstuv';

function setUp(link = kGoodLink, addressProblem: string | null = null, openElsewhere = '') {
  const world = { link, refusal: '', isIgnored: false, joinRefusal: '', log: [] as string[], openMicrophones: 0, missing: [] as string[], addressProblem, openElsewhere };
  const refuse = (code: string): never => { throw Object.assign(new Error(code), { code }); };
  const tab = new Map<string, string>();
  const preferences = new Preferences(null, { getItem: (key) => tab.get(key) ?? null, setItem: (key, value) => void tab.set(key, value) });
  const microphone = new MicrophoneCheck<Mic>({
    open: async () => {
      world.log.push('ask');
      if (world.isIgnored) await new Promise(() => {});
      if (world.refusal !== '') refuse(world.refusal);
      world.openMicrophones++;
      return { level: -30, name: `mic ${world.openMicrophones}`, close: () => void world.openMicrophones-- };
    },
    isGranted: () => Promise.resolve(false),
    devices: () => Promise.resolve([]),
  }, preferences);
  const session = new Session<Mic, PlainRoom>({
    missingFeatures: () => world.missing,
    addressProblem: () => world.addressProblem,
    currentLink: () => world.link,
    linkState,
    newLink: () => kGoodLink,
    showLink: (shown) => void (world.link = shown),
    isOpenInAnotherTab: (asked) => Promise.resolve(asked === world.openElsewhere),
    report: (error) => void world.log.push(`reported ${String(error)}`),
    join: async (joined, options) => {
      world.log.push(`join ${options.name}`);
      if (world.joinRefusal !== '') refuse(world.joinRefusal);
      return new PlainRoom(joined, options.microphone, options.muted);
    },
  }, microphone, preferences);
  return { world, session, microphone };
}

describe('joining', () => {
  it('asks_for_the_microphone_then_joins', async () => {
    const { world, session } = setUp();
    await session.join(' Ada ');
    expect(world.log).toEqual(['ask', 'join Ada']);
    expect(session.phase).toBe('room');
    expect(session.room?.microphone?.name).toBe('mic 1');
  });

  it('needs_a_name', async () => {
    const { world, session } = setUp();
    await session.join('  ');
    expect([session.phase, session.isNameMissing, world.log]).toEqual(['start', true, []]);
  });

  it('a_question_that_is_ignored_holds_nobody_who_then_only_listens', async () => {
    const { world, session, microphone } = setUp();
    world.isIgnored = true;
    const joining = session.join('Ada');
    microphone.setListenOnly(true);
    await joining;
    expect(session.phase).toBe('room');
    expect(session.room?.microphone).toBeNull();
  });

  it('listening_only_asks_for_nothing', async () => {
    const { world, session, microphone } = setUp();
    microphone.setListenOnly(true);
    await session.join('Ada');
    expect(world.log).toEqual(['join Ada']);
    expect([session.room?.microphone, session.hasMicrophone]).toEqual([null, false]);
  });

  it('a_refused_microphone_is_explained_first_and_the_second_press_joins_to_listen', async () => {
    const { world, session, microphone } = setUp();
    world.refusal = 'microphone-refused';
    await session.join('Ada');
    expect([session.phase, microphone.problem]).toEqual(['start', 'microphone-refused']);
    await session.join('Ada');
    expect([session.phase, session.room?.microphone]).toEqual(['room', null]);
  });

  it('a_second_press_while_joining_does_nothing', async () => {
    const { world, session } = setUp();
    await Promise.all([session.join('Ada'), session.join('Ada')]);
    expect(world.log.filter((line) => line.startsWith('join'))).toHaveLength(1);
  });

  it('a_failure_leads_back_to_the_start_page_with_its_reason', async () => {
    const { world, session } = setUp();
    world.joinRefusal = 'audio-failed';
    await session.join('Ada');
    expect([session.phase, session.joinProblem]).toEqual(['start', 'audio-failed']);
    world.joinRefusal = '';
    await session.join('Ada');
    expect([session.phase, session.joinProblem]).toEqual(['room', null]);
  });

  it('a_browser_that_lacks_something_does_not_try', async () => {
    const { world, session } = setUp();
    session.missing = ['WebRTC'];
    await session.join('Ada');
    expect(world.log).toEqual([]);
  });
});

describe('links', () => {
  it('that_ask_for_what_cannot_be_lead_into_no_room', async () => {
    const { world, session } = setUp(kGoodLink, 'fan-out is wrong');
    await session.join('Ada');
    expect([session.phase, session.addressProblem, world.log]).toEqual(['start', 'fan-out is wrong', []]);
  });

  it('without_a_secret_a_new_room_gets_one', async () => {
    const { world, session } = setUp('https://grove/');
    expect(session.link).toBe('no-secret');
    await session.join('Ada');
    expect(session.phase).toBe('start');
    session.startNewRoom();
    expect([session.link, session.isNewRoom, world.link]).toEqual(['good', true, kGoodLink]);
  });

  it('of_a_room_that_another_tab_has_open_say_so_before_joining', async () => {
    const { world, session } = setUp(kGoodLink, null, kGoodLink);
    expect(session.isOpenTwice).toBe(false);
    await Promise.resolve();
    expect(session.isOpenTwice).toBe(true);
    world.openElsewhere = '';
    session.handleSeen();
    await Promise.resolve();
    expect(session.isOpenTwice).toBe(false);
    world.openElsewhere = kGoodLink;
    session.handleSeen();
    await Promise.resolve();
    expect(session.isOpenTwice).toBe(true);
    world.link = 'https://grove/';
    session.handleLinkChanged();
    await Promise.resolve();
    expect(session.isOpenTwice).toBe(false);
  });

  it('another_link_in_the_address_bar_ends_no_call', async () => {
    const { world, session } = setUp();
    await session.join('Ada');
    world.link = 'https://grove/#cut';
    session.handleLinkChanged();
    expect([session.phase, session.isLinkElsewhere, session.room?.hasLeft]).toEqual(['room', true, false]);
    session.stay();
    expect([session.phase, session.isLinkElsewhere, world.link]).toEqual(['room', false, kGoodLink]);
  });

  it('another_link_is_followed_when_its_user_says_so', async () => {
    const { world, session } = setUp();
    await session.join('Ada');
    const room = session.room;
    world.link = 'https://grove/#cut';
    session.handleLinkChanged();
    await session.followLink();
    expect([session.phase, session.link, room?.hasLeft, session.hasLeft]).toEqual(['start', 'malformed', true, false]);
  });

  it('whoever_leaves_with_another_link_in_the_address_bar_sees_what_that_one_is', async () => {
    const { world, session } = setUp();
    await session.join('Ada');
    world.link = 'https://grove/';
    session.handleLinkChanged();
    await session.leave();
    expect([session.phase, session.link]).toEqual(['start', 'no-secret']);
  });

  it('the_same_link_again_changes_nothing', async () => {
    const { session } = setUp();
    await session.join('Ada');
    session.handleLinkChanged();
    expect([session.phase, session.isLinkElsewhere]).toEqual(['room', false]);
  });
});

describe('in the room', () => {
  it('mute_needs_a_microphone', async () => {
    const { session, microphone } = setUp();
    microphone.setListenOnly(true);
    await session.join('Ada');
    session.toggleMute();
    expect(session.room?.me.muted).toBe(false);
    await microphone.check();
    session.toggleMute();
    expect(session.room?.me.muted).toBe(true);
  });

  it('whoever_was_muted_comes_back_muted', async () => {
    const { session } = setUp();
    await session.join('Ada');
    session.toggleMute();
    await session.rejoin();
    expect(session.room?.me.muted).toBe(true);
    session.toggleMute();
    await session.rejoin();
    expect(session.room?.me.muted).toBe(false);
  });

  it('a_new_microphone_reaches_the_room_before_the_old_one_closes', async () => {
    const { session, microphone, world } = setUp();
    await session.join('Ada');
    await microphone.check();
    expect(session.room?.microphone?.name).toBe('mic 2');
    expect(world.openMicrophones).toBe(1);
  });

  it('a_microphone_that_does_not_fit_ends_nothing', async () => {
    const { session, microphone, world } = setUp();
    await session.join('Ada');
    if (session.room) session.room.unfit = 'mic 2';
    await microphone.check();
    expect([session.phase, session.room?.microphone?.name]).toEqual(['room', 'mic 1']);
    expect(world.log.at(-1)).toMatch(/^reported/);
  });

  it('a_lost_microphone_leaves_the_call_listening_until_another_is_there', async () => {
    const { session, microphone } = setUp();
    await session.join('Ada');
    if (microphone.microphone) microphone.lost(microphone.microphone);
    expect([session.phase, session.room?.microphone, session.hasMicrophone]).toEqual(['room', null, false]);
    await microphone.check();
    expect(session.hasMicrophone).toBe(true);
  });

  it('leaving_frees_the_microphone_and_joining_again_works', async () => {
    const { session, world } = setUp();
    await session.join('Ada');
    const first = session.room;
    await session.leave();
    expect([session.phase, session.hasLeft, first?.hasLeft, world.openMicrophones]).toEqual(['start', true, true, 0]);
    await session.join('Ada');
    expect([session.phase, session.room === first]).toEqual(['room', false]);
  });

  it('a_call_that_breaks_is_told_and_one_that_ends_is_not_called_broken', async () => {
    const { session } = setUp();
    await session.join('Ada');
    if (session.room) session.room.error = new Error('a worker stopped');
    session.room?.dispatchEvent(new Event('left'));
    expect([session.phase, session.joinProblem, session.hasLeft]).toEqual(['start', 'call-stopped', false]);
    await session.join('Ada');
    session.room?.dispatchEvent(new Event('left'));
    expect([session.phase, session.joinProblem, session.hasLeft]).toEqual(['start', null, true]);
  });

  it('rejoining_keeps_the_name', async () => {
    const { session, world } = setUp();
    await session.join('Ada');
    await session.rejoin();
    expect(session.phase).toBe('room');
    expect(world.log.filter((line) => line === 'join Ada')).toHaveLength(2);
  });
});
