// Where the app meets the browser and the client library: everything below is handed what it needs.
import { checkBrowser, type JoinOptions, joinRoom, type Microphone, newRoomLink, openMicrophone, parseRoomLink, type Room } from '@grove/client';
import { holdOpen, isOpenInAnotherTab } from './open_rooms.ts';
import { MicrophoneCheck } from './state/microphone_check.ts';
import { pageOptions } from './state/page_options.ts';
import { type KeyValueStorage, Preferences } from './state/preferences.ts';
import { Session } from './state/session.ts';
import './ui/announcer.ts';
import { App } from './ui/app.ts';

declare global {
  interface Window {
    grove: { readonly room: Room | null };  // for developers and tests
  }
}

const asked = pageOptions(location.href);
tidyAddress();
const preferences = new Preferences(openStorage(() => localStorage), openStorage(() => sessionStorage));

const microphone: MicrophoneCheck<Microphone> = new MicrophoneCheck<Microphone>({ open, isGranted, devices }, preferences);

const session = new Session<Microphone, Room>({
  missingFeatures: checkBrowser,
  addressProblem: () => (asked.ok ? null : asked.why),
  currentLink: () => location.href,
  linkState: (link) => {
    const parsed = parseRoomLink(link);
    return parsed.ok ? 'good' : parsed.why;
  },
  newLink: () => newRoomLink(),
  showLink: (link) => history.replaceState(null, '', link),
  isOpenInAnotherTab,
  report: (error) => console.error(error),
  join,
}, microphone, preferences);

window.grove = {
  get room() {
    return session.room;
  },
};

window.addEventListener('hashchange', () => {
  tidyAddress();
  session.handleLinkChanged();
});
document.addEventListener('visibilitychange', () => { if (!document.hidden) session.handleSeen(); });
navigator.mediaDevices?.addEventListener('devicechange', () => void microphone.handleDevicesChanged());

const app = new App();
app.session = session;
document.querySelector('#waiting')?.replaceWith(app);
void microphone.startIfGranted();

async function join(link: string, options: JoinOptions): Promise<Room> {
  try {
    const room = await joinRoom(link, { ...options, ...(asked.ok ? asked.join : {}) });
    void holdOpen(link, room);
    return room;
  } catch (error) {
    console.error(error);  // the page says it in plain words; here is what developers need
    throw error;
  }
}

// What somebody copied along with the link is not passed on.
function tidyAddress(): void {
  const parsed = parseRoomLink(location.href);
  if (parsed.ok && parsed.link !== location.href) history.replaceState(null, '', parsed.link);
}

async function open(options: Parameters<typeof openMicrophone>[0]): Promise<Microphone> {
  const opened = await openMicrophone(options);
  for (const track of opened.stream.getAudioTracks()) {
    track.addEventListener('ended', () => microphone.lost(opened));  // never fires for our own close()
  }
  return opened;
}

async function isGranted(): Promise<boolean> {
  try {
    return (await navigator.permissions.query({ name: 'microphone' as PermissionName })).state === 'granted';
  } catch {
    return false;  // a browser that does not tell; then the button asks
  }
}

async function devices(): Promise<MediaDeviceInfo[]> {
  const all = await navigator.mediaDevices?.enumerateDevices().catch(() => []) ?? [];
  // Chromium lists the system's choice a second time under these names; "chosen by the browser" stands for it.
  return all.filter(({ kind, deviceId, label }) =>
    kind === 'audioinput' && label !== '' && deviceId !== 'default' && deviceId !== 'communications');
}

function openStorage(open: () => KeyValueStorage): KeyValueStorage | null {
  try {
    return open();
  } catch {
    return null;
  }
}
