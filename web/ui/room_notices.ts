// What is the matter with the room or with my own sound, and what to do; above the cards. Empty when all is well.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { peerNotice, rendezvousNotice, soundNotice } from '../state/notice.ts';
import { namesInRoom } from '../state/names.ts';
import { explainJoin, explainMicrophone } from '../state/problem.ts';
import type { PeerView } from '../state/session.ts';
import { SlowLinks } from '../state/slow_links.ts';
import { text } from '../text.ts';
import { announce } from './announcer.ts';
import type { AppSession } from './app_session.ts';
import { LightElement } from './light_element.ts';
import { problemBox } from './problem_box.ts';

@customElement('grove-notices')
export class RoomNotices extends LightElement {
  @property({ attribute: false }) session!: AppSession;
  private hasRendezvousFailed = false;
  private toldAt = 0;    // performance.now() when the rendezvous last told something
  private toldWhat = '';
  private announced = '';
  private soundPressedAt: number | null = null;  // performance.now() of the first press of "Turn sound on"
  private readonly slowLinks = new SlowLinks();
  private lookAt: number | null = null;  // performance.now() when somebody's way will have taken long
  private timer = 0;

  // The room changed.
  handleChange(): void {
    const rendezvous = this.session.room?.rendezvous;
    if (!rendezvous) return;
    const what = `${rendezvous.state} ${rendezvous.retryInMs} ${rendezvous.reason}`;
    if (what !== this.toldWhat) this.toldAt = performance.now();
    this.toldWhat = what;
    if (rendezvous.state === 'waiting') this.hasRendezvousFailed = true;
    if (rendezvous.state === 'open' || rendezvous.state === 'resting') this.hasRendezvousFailed = false;
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const { room } = this.session;
    if (!room) return nothing;
    return html`${this.renderOtherLink()} ${this.renderSound()} ${this.renderMicrophone()} ${this.renderRendezvous()} ${this.renderPeers()}`;
  }

  protected override updated(): void {
    this.toggleAttribute('data-empty', this.querySelector('.problem') === null);
    // Countdowns change every second; what is read aloud is only the headline, once.
    const titles = [...this.querySelectorAll('.problem-title')].map((title) => title.textContent?.trim() ?? '').join('. ');
    if (titles !== this.announced && titles !== '') announce(titles, { isSeen: false, subject: 'notices' });
    this.announced = titles;
    window.clearTimeout(this.timer);
    const { state } = this.session.room?.rendezvous ?? { state: 'open' };
    const isCounting = state === 'waiting' || state === 'refused' || this.soundPressedAt !== null;
    const waitMs = Math.min(isCounting ? 500 : Infinity, this.lookAt === null ? Infinity : this.lookAt - performance.now());
    if (waitMs < Infinity) this.timer = window.setTimeout(() => this.requestUpdate(), Math.max(waitMs, 0));
  }

  private renderOtherLink(): TemplateResult | typeof nothing {
    if (!this.session.isLinkElsewhere) return nothing;
    const { title, body, go, stay } = text.problem.linkElsewhere;
    return problemBox({
      title, body, testId: 'link-elsewhere', isAlert: false,
      actions: html`
        <button type="button" class="button loud" data-testid="stay" @click=${() => this.session.stay()}>${stay}</button>
        <button type="button" class="button plain" data-testid="go" @click=${() => void this.session.followLink()}>${go}</button>`,
    });
  }

  private renderSound(): TemplateResult | typeof nothing {
    const sound = this.session.room?.sound ?? 'closed';
    if (sound === 'running') this.soundPressedAt = null;
    const testId = 'sound-problem';
    const pressedMs = this.soundPressedAt === null ? null : performance.now() - this.soundPressedAt;
    switch (soundNotice(sound, pressedMs)) {
      case null: return nothing;
      case 'interrupted': return problemBox({ ...text.problem.audioInterrupted, testId, isAlert: false });
      case 'blocked': {
        const { title, body, action } = text.problem.audioBlocked;
        return problemBox({ title, body, testId, isAlert: false, actions: this.soundButton(action) });
      }
      case 'failed': return problemBox({ ...explainJoin('audio-failed'), testId, isAlert: false, actions: this.soundButton(text.problem.tryAgain) });
    }
  }

  // The client starts the sound at any gesture, so the press itself is all that is needed.
  private soundButton(words: string): TemplateResult {
    const press = (): void => {
      this.soundPressedAt ??= performance.now();
      this.requestUpdate();
    };
    return html`<button type="button" class="button brand" @click=${press}>${words}</button>`;
  }

  private renderMicrophone(): TemplateResult | typeof nothing {
    const { microphone } = this.session;
    if (microphone.status !== 'problem' || !microphone.problem) return nothing;
    return problemBox({
      ...explainMicrophone(microphone.problem), testId: 'mic-problem', isAlert: false, areStepsFolded: true,
      actions: html`
        <button type="button" class="button loud" @click=${() => void microphone.check()}>${text.problem.tryAgain}</button>
        <button type="button" class="button plain" @click=${() => microphone.setListenOnly(true)}>
          ${text.start.listenOnly}</button>`,
    });
  }

  private renderRendezvous(): TemplateResult | typeof nothing {
    const { room } = this.session;
    if (!room) return nothing;
    const sinceMs = performance.now() - this.toldAt;
    const notice = rendezvousNotice(room.rendezvous, sinceMs, room.peers.size, this.hasRendezvousFailed);
    if (!notice) return nothing;
    const isRefused = room.rendezvous.state === 'refused';
    return problemBox({
      ...notice, testId: 'rendezvous-problem', isAlert: false,
      actions: isRefused
        ? html`<button type="button" class="button loud" @click=${() => void this.session.rejoin()}>
            ${text.problem.tryAgain}</button>` : nothing,
    });
  }

  private renderPeers(): TemplateResult | typeof nothing {
    const { room } = this.session;
    if (!room) return nothing;
    const all = [...room.peers.values()];
    const book = namesInRoom(room);
    const peers = all.filter(({ blocked }) => !blocked);
    const { slow, nextMs } = this.slowLinks.update(peers, performance.now());
    this.lookAt = nextMs;
    const names = (people: readonly PeerView[]): string[] => people.map(({ id, name }) => book.of(id, name));
    const notice = peerNotice(
      names(peers.filter(({ link }) => link === 'failed')), names(peers.filter(({ id }) => slow.has(id))), names(all.filter(({ blocked }) => blocked)));
    return notice ? problemBox({ ...notice, testId: 'peer-problem', isAlert: false }) : nothing;
  }
}
