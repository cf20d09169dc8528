// One other person: who, how they are connected, and this listener's own strip for them.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import type { NameBook } from '../state/names.ts';
import { bareName } from '../state/plain_name.ts';
import type { PeerView } from '../state/session.ts';
import { dbFromSlider, kLoudestDb, kSliderOff, kUnityDb, sliderFraction, sliderFromDb } from '../state/volume.ts';
import { peerStatus, speakPan, speakVolume } from '../state/words.ts';
import { text } from '../text.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import { blockedChoices, choices, kBlock, type WhomToBlock } from './peer_choices.ts';
import { haloOf, paintHalo, portrait, setData } from './portrait.ts';

@customElement('grove-peer')
export class PeerCard extends LightElement {
  @property({ attribute: false }) peer!: PeerView;
  @property({ attribute: false }) names!: NameBook;
  @state() private isOpen = false;
  private statusLine: HTMLElement | null = null;
  private halo: HTMLElement | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'listitem';
    this.dataset['testid'] = 'peer';
  }

  // The quick part: level, speaking, and the words that follow from it.
  paint(): void {
    const { peer } = this;
    paintHalo(this.halo, peer.level, peer.speaking && !peer.silenced && !peer.blocked);
    setData(this, 'speaking', String(peer.speaking));
    const status = peerStatus(peer);
    if (this.statusLine && this.statusLine.textContent !== status) this.statusLine.textContent = status;
  }

  protected override render(): TemplateResult {
    const { peer } = this;
    const name = this.names.of(peer.id, peer.name);
    if (peer.blocked) return this.renderBlocked(name);
    const silenceWords = peer.silenced ? text.peer.unsilence(name) : text.peer.silence(name);
    return html`
      ${this.renderWho(name)}
      <div class="card-buttons">
        <button type="button" class="quiet-button" data-testid="silence" aria-pressed=${peer.silenced}
          aria-label=${text.peer.silence(name)} title=${silenceWords} @click=${this.toggleSilence}>
          ${peer.silenced ? icons.speakerOff : icons.speaker}</button>
        ${this.renderMoreButton(name)}
      </div>
      ${this.renderVolume(name)} ${this.renderMore(name)}`;
  }

  // Small and quiet, with the way back at hand.
  private renderBlocked(name: string): TemplateResult {
    return html`
      ${this.renderWho(name)}
      <div class="card-buttons">
        <button type="button" class="button small" data-testid="unblock" aria-label=${text.block.unblockName(name)} @click=${this.unblock}>
          ${text.block.unblock}</button>
        ${this.renderMoreButton(name)}
      </div>
      <div class="more" ?hidden=${!this.isOpen}>${blockedChoices(this.peer, name, this.refresh)}</div>`;
  }

  private renderWho(name: string): TemplateResult {
    const bare = bareName(name);
    return html`${portrait(this.peer.id, bare)}<div class="who"><h3 title=${bare}>${bare}</h3><p class="status"></p></div>`;
  }

  private renderMoreButton(name: string): TemplateResult {
    return html`
      <button type="button" class="quiet-button turning" data-testid="more" aria-expanded=${this.isOpen} aria-label=${text.peer.more(name)}
        title=${text.peer.more(name)} @click=${this.toggleMore}>${icons.more}</button>`;
  }

  private renderVolume(name: string): TemplateResult {
    const { volumeDb } = this.peer;
    return html`
      <div class="volume" style="--at: ${sliderFraction(volumeDb)}; --unity: ${sliderFraction(kUnityDb)}">
        <input type="range" data-testid="volume" min=${kSliderOff} max=${kLoudestDb} step="1"
          .value=${live(String(sliderFromDb(volumeDb)))} aria-label=${text.peer.volume(name)}
          aria-valuetext=${speakVolume(volumeDb)} title=${text.peer.volumeHint}
          @input=${(event: Event) => this.setVolume(dbFromSlider((event.target as HTMLInputElement).valueAsNumber))}
          @keydown=${(event: KeyboardEvent) => { if (event.key === '0') this.setVolume(kUnityDb); }}
          @dblclick=${() => this.setVolume(kUnityDb)} />
        <output title=${text.peer.volumeReset} @click=${() => this.setVolume(kUnityDb)}>${speakVolume(volumeDb)}</output>
      </div>`;
  }

  private renderMore(name: string): TemplateResult {
    const { pan, rttMs } = this.peer;
    return html`
      <div class="more" ?hidden=${!this.isOpen}>
        <label class="pan" style="--at: ${(pan + 1) / 2}; --unity: 0.5">
          <span>${text.peer.panLabel}</span>
          <input type="range" data-testid="pan" min="-1" max="1" step="0.05" .value=${live(String(pan))}
            aria-label=${text.peer.pan(name)} aria-valuetext=${speakPan(pan)}
            @input=${(event: Event) => this.setPan((event.target as HTMLInputElement).valueAsNumber)}
            @dblclick=${() => this.setPan(0)} />
          <output>${speakPan(pan)}</output>
        </label>
        ${choices(this.peer, name, this.refresh, this.block)}
        ${rttMs === null ? nothing : html`<p class="round-trip">${text.peer.roundTrip(Math.round(rttMs))}</p>`}
      </div>`;
  }

  protected override updated(): void {
    const { peer } = this;
    this.statusLine = this.querySelector('.status');
    this.halo = haloOf(this);
    setData(this, 'peerId', peer.id);
    setData(this, 'name', peer.name);
    setData(this, 'muted', String(peer.muted));
    setData(this, 'silenced', String(peer.silenced));
    setData(this, 'link', peer.link);
    setData(this, 'blocked', String(peer.blocked));
    setData(this, 'open', String(this.isOpen));
    this.paint();
  }

  private setVolume(db: number): void {
    this.peer.volumeDb = db;
    this.requestUpdate();
  }

  private setPan(pan: number): void {
    this.peer.pan = pan;
    this.requestUpdate();
  }

  private readonly toggleSilence = (): void => {
    this.peer.silenced = !this.peer.silenced;
    this.requestUpdate();
  };

  private readonly toggleMore = (): void => { this.isOpen = !this.isOpen; };

  private readonly refresh = (): void => this.requestUpdate();

  private readonly block = (): void => {
    const { id, name } = this.peer;
    this.isOpen = false;
    this.dispatchEvent(new CustomEvent<WhomToBlock>(kBlock, { bubbles: true, detail: { id, name } }));
    void this.focusOn('unblock');  // the button that had the focus is gone
  };

  private readonly unblock = (): void => {
    this.peer.unblock();
    this.isOpen = false;
    void this.focusOn('more');
  };

  private async focusOn(testId: string): Promise<void> {
    this.requestUpdate();
    await this.updateComplete;
    this.querySelector<HTMLElement>(`[data-testid=${testId}]`)?.focus();
  }
}
