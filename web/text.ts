// Every word the app says, in one place. Plain words: what is the matter, and what to do.

export interface Explanation {
  readonly title: string;
  readonly body: string;
  readonly steps: readonly string[];
}

export const text = {
  product: 'Grove',
  tagline: 'Talk with people, with nobody in between.',
  promise: 'Your voice goes straight from browser to browser. No server hears you, and there is no account.',

  start: {
    name: 'Your name',
    namePlaceholder: 'How others will see you',
    nameMissing: 'Please tell the others who you are.',
    microphone: 'Your microphone',
    check: 'Check microphone',
    checking: 'Waiting for your browser. If it asks, allow the microphone.',
    checkHint: 'See that it works before you join. Nobody hears you yet.',
    speak: 'Say something: the trees grow with your voice. Nobody hears you yet.',
    flat: 'No sound yet. Click anywhere on this page and say something. If the trees stay small, is the microphone '
      + 'switched off, or is another one the right one?',
    speakInCall: 'This is how loud your microphone is. The trees grow with your voice.',
    level: 'Microphone level',
    device: 'Microphone',
    deviceDefault: 'Chosen by the browser',
    processing: 'Sound options',
    echoCancellation: 'Cancel echo',
    echoCancellationHint: 'Off only with headphones',
    noiseSuppression: 'Reduce noise',
    autoGainControl: 'Even out loudness',
    listenOnly: 'Only listen',
    listenOnlyHint: 'Join without a microphone. You can turn it on later.',
    listenOnlyInCall: 'Stop using the microphone. You still hear everybody.',
    join: 'Join',
    joinListening: 'Join and listen',
    joinMuted: 'Join muted',
    joining: 'Joining…',
    newRoom: 'Start a new room',
    newRoomHint: 'Or open a link that somebody has sent you.',
    roomReady: 'Your room is ready. Send its link to those you want to talk with: whoever has the link can come in.',
    invited: 'You are invited to a room.',
    left: 'You have left the room.',
    openTwice: 'This room is open in another tab of this browser. If you join here too, you are in it twice, as two people.',
  },

  room: {
    label: 'People in the room',
    connecting: 'Opening the room…',
    alone: 'Only you are here',
    outside: 'You are not in the room',
    people: (count: number) => `${count} people`,
    copyLink: 'Copy link',
    copied: 'Link copied',
    copyFailed: 'Your browser does not let Grove copy. Here is the link:',
    copyClose: 'Hide the link',
    inviteTitle: 'Nobody else is here yet',
    inviteBody: 'Send this link to those you want to talk with. Whoever has it can come in.',
    you: 'You',
    mute: 'Mute',
    muted: 'Muted',
    muteKey: 'Key M',
    listening: 'Only listening',
    turnOnMicrophone: 'Use microphone',
    settings: 'Sound settings',
    settingsTitle: 'Your sound',
    close: 'Done',
    leave: 'Leave',
    joined: (names: string, many: boolean) => (many ? `${names} have joined` : `${names} has joined`),
    here: (names: string, many: boolean) => (many ? `${names} are here` : `${names} is here`),
    left: (names: string, many: boolean) => (many ? `${names} have left` : `${names} has left`),
    youMuted: 'You are muted',
    youUnmuted: 'The others hear you',
    microphoneOn: 'Your microphone is on',
    noSound: 'Nobody hears you: the sound is off',
    noWay: 'Nobody hears you yet',
    mutedSpeaking: 'You are muted. Nobody hears you.',
  },

  peer: {
    nameless: 'Somebody',
    speaking: 'Speaking',
    muted: 'Muted',
    silenced: 'Muted by you',
    connecting: 'Connecting…',
    failed: 'No connection yet',
    quiet: 'Here',
    volume: (name: string) => `Volume of ${name}`,
    volumeHint: 'Double click or key 0: back to 0 dB',
    volumeReset: 'Back to 0 dB',
    off: 'off',
    silence: (name: string) => `Mute ${name} for me`,
    unsilence: (name: string) => `Hear ${name} again`,
    more: (name: string) => `More for ${name}`,
    pan: (name: string) => `Where you hear ${name}`,
    panLabel: 'Position',
    left: 'left',
    right: 'right',
    middle: 'middle',
    roundTrip: (ms: number) => `${ms} ms there and back`,
  },

  block: {
    mute: 'Mute for me',
    muteHint: (name: string) => `You do not hear ${name} until you switch this off. You still read what ${name} writes.`,
    block: (name: string) => `Block ${name}`,
    blockHint: (name: string) => `You hear and read nothing of ${name}, here and in every other room. Nobody is shown that, and ${name} still hears and reads you.`,
    keep: (name: string) => `And keep my voice from ${name}`,
    keepHint: (name: string) => `${name} does not hear you either, and may notice it. What you write, ${name} still reads.`,
    status: 'Blocked by you',
    statusKept: 'Blocked by you, does not hear you',
    unblock: 'Unblock',
    unblockName: (name: string) => `Unblock ${name}`,
    undo: 'Undo',
    hides: (name: string) => `${name} sees nothing of this, and everybody else hears you both. But to save the line, ${name}’s program is asked to `
      + 'send you nothing: who knows how to look into it can find that out.',
    done: (name: string) => `You have blocked ${name}. You hear and read nothing of them any more.`,
    undone: (name: string) => `You hear ${name} again`,
    listTitle: 'Blocked people',
    listHint: 'You hear and read nothing of them, whenever you meet and whatever they call themselves. Neither they nor the others are told. '
      + 'Another tab or browser of theirs is somebody else to Grove.',
    listEmpty: 'Nobody. To block somebody, open the arrow on their card.',
    here: 'here now',
    was: (name: string) => `was ${name}`,
    cannotHear: 'does not hear you',
    keptOnly: 'does not hear you, not blocked',
  },

  chat: {
    title: 'Chat',
    open: (unread: number) => (unread === 0 ? 'Chat' : `Chat, ${unread} new ${unread === 1 ? 'message' : 'messages'}`),
    openHistory: 'Chat, with messages from before you came',
    close: 'Close the chat',
    list: 'Messages',
    empty: 'Nobody has written anything yet. What you write here goes from browser to browser. Everybody in the room can read it, '
      + 'and so can those who come later.',
    you: 'You',
    label: 'Your message',
    placeholder: 'Write to everybody',
    hint: 'Enter sends. Shift and Enter begin a new line.',
    send: 'Send',
    free: (count: number) => (count === 1 ? '1 character left' : `${count} characters left`),
    over: (count: number) => (count === 1 ? '1 character too many' : `${count} characters too many`),
    problem: {
      tooFast: 'That was a lot in a short time. Your message was not sent and is still here: try again in a second.',
      tooLong: 'A message has at most 4,000 characters. Shorten it, or send it in parts.',
      left: 'The call is over. Your message was not sent.',
    },
    missing: (count: number) => (count === 1 ? '1 message that nobody has any more' : `${count} messages that nobody has any more`),
    unfold: 'Show all of it',
    jump: 'To the newest',
    jumpNew: (count: number) => (count === 1 ? '1 new message' : `${count} new messages`),
    more: (name: string) => `More about ${name}`,
    said: (name: string, words: string) => `${name}: ${words}`,
  },

  trees: {
    title: 'Who carries whose voice',
    open: 'Show who carries whose voice',
    short: 'Voice paths',
    close: 'Close',
    choose: 'Voice of',
    now: 'Whoever speaks now',
    everybody: 'Everybody who speaks',
    speaking: (name: string) => `${name} (speaking)`,
    you: 'you',
    youTitle: 'You',
    yourVoice: 'Your voice',
    voiceOf: (name: string) => `${name}’s voice`,
    live: 'speaking now',
    resting: 'silent now',
    allDirect: (whose: string, listeners: number) =>
      (listeners === 1 ? `${whose} goes straight to 1 person.` : `${whose} goes straight to ${listeners} people.`),
    relayed: (whose: string, listeners: number, direct: number) =>
      `${whose} reaches ${listeners} people: ${direct} directly, ${listeners - direct} through others.`,
    unplanned: (whose: string) => `${whose} has no path yet. It gets one with the first word.`,
    looking: 'Looking at the room…',
    directly: (to: string, figures: string) => `directly to ${to} ${figures}`,
    passesOn: (isMe: boolean, from: string, to: string, figures: string) =>
      (isMe ? `you pass it on to ${to} ${figures}` : `${from} passes it on to ${to} ${figures}`),
    guardedBy: (name: string, isHot: boolean) =>
      (isHot ? `, ${name} sends a second copy` : `, ${name} stands by`),
    unmeasured: 'not measured',
    underOneMs: '< 1 ms',
    ms: (ms: number) => `${ms} ms`,
    loss: (percent: number) => `${percent} % loss`,
    inAll: (delay: string) => `${delay} in all`,
    guardians: 'Show who stands by',
    guardiansHint: 'Dashed: who has the same voice ready, should a carrier fail.',
    asText: 'As text',
    legend: 'The figures at a line: how long a voice takes over it, and what gets lost.',
    pulls: (count: number) =>
      (count === 1 ? 'You get 1 voice from somebody who stood by.' : `You get ${count} voices from somebody who stood by.`),
    links: 'Links of',
    yourLinks: 'Your links',
    linksOf: (who: string) => `Links of ${who}`,
    linkCount: (count: number) => (count === 1 ? '1 link' : `${count} links`),
    slowest: (name: string, delay: string) => `slowest ${delay} (${name})`,
    lossiest: (name: string, percent: number) => `most loss ${percent} % (${name})`,
    to: 'To',
    oneWay: 'One way',
    lost: 'Lost',
    carries: 'Carries now',
    sends: (whose: string) => `→ ${whose}`,
    gets: (whose: string) => `← ${whose}`,
    spokenSends: (whose: string) => `sends: ${whose}`,
    spokenGets: (whose: string) => `gets: ${whose}`,
    percent: (percent: number) => `${percent} %`,
    role: { desktop: 'computer', phone: 'phone', hiddenTab: 'tab in the background', metered: 'on battery or a metered line' },
    copies: (count: number) => (count === 1 ? 'can send 1 copy of a voice' : `can send ${count} copies of a voice`),
    atDoor: 'lets newcomers in',
  },

  problem: {
    tryAgain: 'Try again',
    whatToDo: 'What to do',
    microphoneRefused: {
      title: 'Grove may not use your microphone',
      body: 'Your browser or your system does not allow it for this page.',
      steps: [
        'Click the sign to the left of the address (a lock, a slider or a microphone) and allow the microphone.',
        'If it is allowed there, look into your system’s privacy settings: the browser itself needs to be allowed.',
        'Then press “Try again”. Until then you can listen.',
      ],
    },
    microphoneAbsent: {
      title: 'No microphone found',
      body: 'Your browser sees none on this device.',
      steps: [
        'Plug one in or connect your headset, and check that it is not switched off in your system’s sound settings.',
        'Then press “Try again”. Until then you can listen.',
      ],
    },
    microphoneBusy: {
      title: 'Your microphone is in use',
      body: 'It is there, but it gives no sound. Often another program holds it.',
      steps: [
        'Close other programs or tabs that are in a call, or unplug the microphone and plug it in again.',
        'Then press “Try again”. Until then you can listen.',
      ],
    },
    microphoneLost: {
      title: 'Your microphone has stopped',
      body: 'It was unplugged, or the system took it away. You still hear everybody, but they do not hear you.',
      steps: [],
    },
    browserTooOld: {
      title: 'This browser cannot run Grove',
      body: 'It is too old, or it holds back something that Grove needs:',
      steps: ['Open this link in a current Firefox, Chrome, Edge or Safari.'],
    },
    addressNotSecure: {
      title: 'This address cannot have a microphone',
      body: 'Browsers give the microphone only to pages whose address begins with https://, or with http://localhost on the same computer. '
        + 'There is nothing wrong with your browser.',
      steps: [
        'If you were sent this link, try it with https:// at its beginning.',
        'If that does not work, ask whoever runs this Grove to put it behind https (docs/operating.md tells how).',
      ],
    },
    linkMalformed: {
      title: 'This link leads to no room',
      body: 'Something was cut off, added or mistyped on the way. A room link looks like this, with 22 letters, digits, - or _ in the place of the x:',
      example: 'x'.repeat(22),  // leads nowhere
      steps: ['Ask for the link again and copy all of it, or start a room of your own.'],
    },
    linkElsewhere: {
      title: 'The address bar has another link',
      body: 'You are still in this room and talk on.',
      stay: 'Stay here',
      go: 'Leave and open that link',
    },
    address: {
      title: 'The address of this page asks for something that Grove cannot do',
      fanOut: (value: string, max: number) => `“fan-out” is a whole number from 1 to ${max}, not “${value}”.`,
      role: (value: string, roles: readonly string[]) => `“role” is one of ${roles.join(', ')}, not “${value}”.`,
      steps: ['Correct it in the address bar, or take it out, and open the page again.'],
    },
    audioFailed: {
      title: 'The sound could not be started',
      body: 'Your browser gave Grove no way to play or record.',
      steps: [
        'Check that a loudspeaker or a headset is connected and chosen in your system, then try again.',
        'If that does not help, close other tabs that play sound, and reload this page.',
      ],
    },
    joinFailed: {
      title: 'Joining did not work',
      body: 'Grove could not start on this page.',
      steps: ['Reload the page and try again. If it happens again, try another browser.'],
    },
    callStopped: {
      title: 'The call has stopped',
      body: 'A part of Grove in this tab broke off. The others talk on.',
      steps: ['Join again. If it happens again, reload the page first.'],
    },
    audioBlocked: {
      title: 'Your browser keeps this page silent',
      body: 'You hear nobody, and nobody hears you, until you turn the sound on.',
      action: 'Turn sound on',
    },
    audioInterrupted: {
      title: 'Something else has your sound',
      body: 'A phone call or another program is using it. Grove goes on as soon as that is over.',
    },
    rendezvousWaiting: {
      title: 'The meeting point cannot be reached',
      body: 'Those who are here go on talking; only newcomers cannot get in for now.',
      bodyAlone: 'Nobody can come in until it answers. Check your own Internet connection.',
      retryIn: (seconds: number) => (seconds === 1 ? 'Next try in 1 second.' : `Next try in ${seconds} seconds.`),
      retryNow: 'Trying again now…',
    },
    rendezvousRefused: {
      title: 'The meeting point did not let you in',
      reason: (reason: string) => `It says: ${reason}`,
      noReason: 'It gave no reason.',
      keepsTrying: 'Grove keeps trying by itself.',
    },
    peerFailed: {
      title: (names: string) => `No connection to ${names}`,
      body: 'Grove keeps trying by itself. If it lasts: reload the page on both sides, and try another network '
        + '(guest and company networks often stand in the way).',
      slowTitle: (names: string) => `Still looking for a way to ${names}`,
      blockedWay: (blocked: string, names: string) => `You block ${blocked}, and Grove leads nobody’s voice to you over people whom you block. `
        + `If there is no other way to ${names}, you hear each other only when you unblock ${blocked}.`,
    },
  },

  title: {
    start: 'Grove: talk with nobody in between',
    muted: 'Muted',
    alone: 'Alone',
    offline: 'Reconnecting',
    unread: (count: number) => `(${count})`,
  },

  and: ' and ',
  others: (count: number) => (count === 1 ? '1 other' : `${count} others`),
} as const;

// “Ada”, “Ada and Ben”, “Ada, Ben and 3 others”.
export function nameList(names: readonly string[], shown = 3): string {
  if (names.length <= 1) return names[0] ?? '';
  const head = names.length > shown ? names.slice(0, shown - 1) : names.slice(0, -1);
  const tail = names.length > shown ? text.others(names.length - head.length) : names[names.length - 1] ?? '';
  return head.join(', ') + text.and + tail;
}
