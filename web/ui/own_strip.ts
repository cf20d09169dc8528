// Your own strip at the foot of the room: what the others hear of you.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Chat } from '../state/chat.ts';
import { meterFraction } from '../state/level.ts';
import { MutedTalk } from '../state/muted_talk.ts';
import { ownStatus, ownVoice } from '../state/words.ts';
import { text } from '../text.ts';
import { kMute, retract } from './announcer.ts';
import type { AppSession } from './app_session.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import { haloOf, paintHalo, portrait, setData } from './portrait.ts';

const kUnreadShown = 99;

@customElement('grove-me')
export class OwnStrip extends LightElement {
  @property({ attribute: false }) session!: AppSession;
  @property({ attribute: false }) chat!: Chat;
  private readonly mutedTalk = new MutedTalk();
  private meter: HTMLElement | null = null;
  private halo: HTMLElement | null = null;

  paint(): void {
    const me = this.session.room?.me;
    if (!me) return;
    const isHeard = this.session.hasMicrophone && !me.muted;
    setData(this, 'speaking', String(me.speaking && isHeard));
    paintHalo(this.halo, me.level, me.speaking && isHeard);
    const fill = this.session.hasMicrophone ? meterFraction(me.level).toFixed(2) : '0';
    if (this.meter) this.meter.style.scale = `${fill} 1`;
    setData(this, 'talkingMuted', String(this.mutedTalk.push(me.level, me.muted && this.session.hasMicrophone)));
  }

  protected override render(): TemplateResult {
    const { room, hasMicrophone } = this.session;
    if (!room) return html``;
    const { me } = room;
    return html`
      <div class="me-who">
        ${portrait(me.id, me.name)}
        <div class="who">
          <h2 title=${me.name}>${me.name} <small>${text.room.you}</small></h2>
          <p class="status">${ownStatus(ownVoice(room, hasMicrophone))}</p>
          <span class="own-level" aria-hidden="true"><i></i></span>
        </div>
      </div>
      ${hasMicrophone ? this.renderMute(me.muted) : this.renderTurnOn()}
      <div class="me-buttons">
        <button type="button" class="round" data-testid="settings" aria-label=${text.room.settings} title=${text.room.settings}
          @click=${() => this.dispatchEvent(new CustomEvent('grove-settings', { bubbles: true }))}>${icons.settings}</button>
        ${this.renderChat()}
        <button type="button" class="round leave" data-testid="leave" aria-label=${text.room.leave} title=${text.room.leave}
          @click=${() => void this.session.leave()}>${icons.leave}<span>${text.room.leave}</span></button>
      </div>
      <p class="muted-talk">${text.room.mutedSpeaking}</p>`;
  }

  private renderChat(): TemplateResult {
    const { unread, hasHistory, isOpen } = this.chat;
    const words = unread === 0 && hasHistory ? text.chat.openHistory : text.chat.open(unread);
    return html`
      <button type="button" class="round chat-open" data-testid="chat-open" aria-expanded=${isOpen} aria-label=${words} title=${words}
        @click=${() => this.dispatchEvent(new CustomEvent('grove-chat', { bubbles: true }))}>${icons.chat}
        ${unread > 0 ? html`<span class="badge" data-testid="chat-unread" aria-hidden="true">${unread > kUnreadShown ? `${kUnreadShown}+` : unread}</span>`
          : hasHistory ? html`<span class="badge dot" aria-hidden="true"></span>` : nothing}
      </button>`;
  }

  private renderMute(isMuted: boolean): TemplateResult {
    return html`
      <button type="button" class="mute" data-testid="mute" aria-pressed=${isMuted} aria-keyshortcuts="M"
        title=${text.room.muteKey} @click=${this.toggleMute}>
        ${isMuted ? icons.microphoneOff : icons.microphone}
        <span>${isMuted ? text.room.muted : text.room.mute}</span><kbd aria-hidden="true">M</kbd>
      </button>`;
  }

  private readonly toggleMute = (): void => {
    this.session.toggleMute();
    retract(kMute);  // the button itself tells it
  };

  private renderTurnOn(): TemplateResult {
    return html`
      <button type="button" class="mute" data-testid="mic-check"
        @click=${() => void this.session.microphone.check()}>
        ${icons.microphone}<span>${text.room.turnOnMicrophone}</span></button>`;
  }

  protected override updated(): void {
    const me = this.session.room?.me;
    this.meter = this.querySelector('.own-level i');
    this.halo = haloOf(this);
    this.dataset['testid'] = 'me';
    setData(this, 'muted', String(me?.muted ?? false));
    setData(this, 'listening', String(!this.session.hasMicrophone));
    setData(this, 'peerId', me?.id ?? '');
    this.paint();
  }
}
