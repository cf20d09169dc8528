// Before the room: who you are, whether your microphone works, and one button.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { kNameLengthMax } from '../state/preferences.ts';
import { explainJoin, explainMissing } from '../state/problem.ts';
import { text } from '../text.ts';
import type { AppSession } from './app_session.ts';
import './copy_link.ts';
import { LightElement } from './light_element.ts';
import { horizon, mark } from './mark.ts';
import './microphone_panel.ts';
import { problemBox } from './problem_box.ts';

@customElement('grove-start')
export class StartPage extends LightElement {
  @property({ attribute: false }) session!: AppSession;
  private rememberedName = '';
  private endSubscriptions: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.rememberedName = this.session.preferences.name;  // set once: from then on the field is its user's
    const update = (): void => this.requestUpdate();
    this.endSubscriptions = [this.session.subscribe(update), this.session.microphone.subscribe(update)];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.endSubscriptions) end();
  }

  protected override render(): TemplateResult {
    return html`
      <main class="start">
        <header class="hero">
          ${mark}
          <h1 tabindex="-1">${text.product}</h1>
          <p class="tagline">${text.tagline}</p>
          <p class="promise">${text.promise}</p>
        </header>
        <form class="panel" novalidate @submit=${this.join}>${this.renderPanel()}</form>
      </main>
      ${horizon}`;
  }

  // Back from a room: the button that had the focus went with it.
  protected override firstUpdated(): void {
    const { hasLeft, joinProblem } = this.session;
    if (hasLeft || joinProblem !== null) this.querySelector('h1')?.focus();
  }

  private renderPanel(): TemplateResult {
    const { session } = this;
    if (session.missing.length > 0) return this.renderOldBrowser();
    if (session.addressProblem !== null) {
      return problemBox({ ...text.problem.address, testId: 'address-problem', body: session.addressProblem });
    }
    return html`
      ${session.link === 'malformed' ? this.renderMalformedLink() : this.renderWelcome()}
      ${session.isOpenTwice ? html`<p class="hint" role="status" data-testid="open-twice">${text.start.openTwice}</p>` : nothing}
      <label class="field">
        <span>${text.start.name}</span>
        <input type="text" data-testid="name" name="name" autocomplete="nickname" maxlength=${kNameLengthMax}
          enterkeyhint="go" spellcheck="false" placeholder=${text.start.namePlaceholder} .value=${this.rememberedName}
          aria-invalid=${session.isNameMissing} aria-describedby=${session.isNameMissing ? 'name-missing' : nothing} />
        ${session.isNameMissing
          ? html`<span id="name-missing" class="field-problem" role="alert">${text.start.nameMissing}</span>` : nothing}
      </label>
      <fieldset class="microphone">
        <legend>${text.start.microphone}</legend>
        <grove-microphone .check=${session.microphone}></grove-microphone>
      </fieldset>
      ${this.renderJoinProblem()} ${this.renderButton()}`;
  }

  private renderWelcome(): TemplateResult | typeof nothing {
    const { session } = this;
    if (session.hasLeft) return html`<p class="welcome" role="status">${text.start.left}</p>`;
    if (session.isNewRoom) {
      return html`<div class="welcome" role="status"><p>${text.start.roomReady}</p>
        <grove-copy-link .link=${session.ports.currentLink()}></grove-copy-link></div>`;
    }
    return session.link === 'good' ? html`<p class="welcome">${text.start.invited}</p>` : nothing;
  }

  private renderButton(): TemplateResult {
    const { session } = this;
    if (session.link !== 'good') {
      return html`
        <div class="go">
          <button type="button" class="button brand" data-testid="new-room" @click=${() => session.startNewRoom()}>
            ${text.start.newRoom}</button>
          <p class="hint">${text.start.newRoomHint}</p>
        </div>`;
    }
    const { isListenOnly, status } = session.microphone;
    const label = isListenOnly || status === 'problem' ? text.start.joinListening
      : session.preferences.isMuted ? text.start.joinMuted : text.start.join;
    const isJoining = session.phase === 'joining';
    return html`
      <div class="go">
        <button type="submit" class="button brand" data-testid="join" aria-busy=${isJoining}>
          ${isJoining ? text.start.joining : label}</button>
      </div>`;
  }

  private renderMalformedLink(): TemplateResult {
    const { title, body, steps } = explainJoin('link-malformed');
    const page = this.session.ports.currentLink().split('#')[0] ?? '';
    return problemBox({
      testId: 'link-problem', title, steps,
      body: html`${body} <code class="example">${page}#<b>${text.problem.linkMalformed.example}</b></code>`,
    });
  }

  private renderOldBrowser(): TemplateResult {
    return problemBox({ testId: 'browser-problem', ...explainMissing(this.session.missing) });
  }

  private renderJoinProblem(): TemplateResult | typeof nothing {
    const { joinProblem } = this.session;
    return joinProblem ? problemBox({ testId: 'join-problem', ...explainJoin(joinProblem) }) : nothing;
  }

  private readonly join = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (this.session.link !== 'good') return;
    // Asked only now: what browsers restore or fill in by themselves tells nobody.
    const field = this.querySelector<HTMLInputElement>('[data-testid=name]');
    await this.session.join(field?.value ?? this.rememberedName);
    if (this.session.isNameMissing) field?.focus();
  };
}
