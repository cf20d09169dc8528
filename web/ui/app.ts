// The whole page: start or room, the title, the keys, the sound settings.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isMuteKey } from '../state/keys.ts';
import { pageTitle } from '../state/title.ts';
import { ownStatus, ownVoice } from '../state/words.ts';
import { announce, kMute, retract } from './announcer.ts';
import type { AppSession } from './app_session.ts';
import { LightElement } from './light_element.ts';
import './room_page.ts';
import './start_page.ts';

@customElement('grove-app')
export class App extends LightElement {
  @property({ attribute: false }) session!: AppSession;
  @state() private areSettingsOpen = false;
  private titleTimer = 0;
  private wasInRoom = false;
  private unread = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.session.subscribe(() => this.handleChange());
    window.addEventListener('keydown', (event) => this.handleKey(event));
    this.addEventListener('grove-settings', () => void this.openSettings());
    this.addEventListener('grove-unread', (event) => this.showUnread((event as CustomEvent<number>).detail));
  }

  protected override firstUpdated(): void {
    this.showTitle();
  }

  protected override render(): TemplateResult {
    const { session } = this;
    return html`
      ${session.phase === 'room'
        ? html`<grove-room .session=${session}></grove-room>` : html`<grove-start .session=${session}></grove-start>`}
      ${this.areSettingsOpen && session.room ? html`
        <grove-sound-settings .room=${session.room} .check=${session.microphone} @grove-close=${() => { this.areSettingsOpen = false; }}>
        </grove-sound-settings>` : nothing}`;
  }

  private handleChange(): void {
    const { room } = this.session;
    if (!room) this.areSettingsOpen = false;
    if (!room) this.unread = 0;
    if (!room && this.wasInRoom) retract();  // nothing that was said of the room is true of the page before it
    this.wasInRoom = room !== null;
    this.requestUpdate();
    room?.addEventListener('change', this.showTitle);  // adding the same listener again changes nothing
    this.showTitle();
  }

  private readonly showTitle = (): void => {
    window.clearTimeout(this.titleTimer);
    this.titleTimer = window.setTimeout(() => {
      const { room, hasMicrophone } = this.session;
      document.title = pageTitle(room && {
        others: room.peers.size,
        isMuted: hasMicrophone && room.me.muted,
        isOffline: room.rendezvous.state === 'waiting' && room.peers.size === 0,
        unread: this.unread,
      });
    });
  };

  private showUnread(count: number): void {
    if (count === this.unread) return;
    this.unread = count;
    this.showTitle();
  }

  private handleKey(event: KeyboardEvent): void {
    const focus = event.composedPath()[0];
    if (!this.session.room || !isMuteKey(event, focus instanceof HTMLElement ? focus : null)) return;
    this.session.toggleMute();
    if (this.session.hasMicrophone) {
      announce(ownStatus(ownVoice(this.session.room, true)), { subject: kMute });
    }
  }

  // The dialog is a good part of the bundle and seldom needed: it comes when it is called.
  private async openSettings(): Promise<void> {
    await import('./sound_settings.ts');
    this.areSettingsOpen = true;
  }
}
