// The microphone: check it, see it, choose it. On the start page and, during a call, in the sound settings.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LiveMicrophone, MicrophoneCheck } from '../state/microphone_check.ts';
import { explainMicrophone } from '../state/problem.ts';
import { text } from '../text.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import './meter.ts';
import { problemBox } from './problem_box.ts';

type ProcessingOption = 'echoCancellation' | 'noiseSuppression' | 'autoGainControl';

@customElement('grove-microphone')
export class MicrophonePanel extends LightElement {
  @property({ attribute: false }) check!: MicrophoneCheck<LiveMicrophone>;
  @property({ type: Boolean }) inCall = false;
  private unsubscribe = (): void => {};
  private readonly level = (): number => this.check.microphone?.level ?? -Infinity;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unsubscribe = this.check.subscribe(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unsubscribe();
  }

  protected override render(): TemplateResult {
    const { check } = this;
    return html`
      ${check.isListenOnly ? nothing : this.renderStatus()}
      <label class="switch-row">
        <input type="checkbox" role="switch" data-testid="listen-only" .checked=${check.isListenOnly}
          @change=${(event: Event) => this.setListenOnly((event.target as HTMLInputElement).checked)} />
        <span>${text.start.listenOnly}<small>${this.inCall ? text.start.listenOnlyInCall : text.start.listenOnlyHint}</small></span>
      </label>`;
  }

  private renderStatus(): TemplateResult | typeof nothing {
    switch (this.check.status) {
      case 'unasked': return html`
        <div class="mic-ask">
          <button type="button" class="button" data-testid="mic-check" @click=${this.start}>
            ${icons.microphone}${text.start.check}</button>
          <p class="hint">${text.start.checkHint}</p>
        </div>`;
      case 'asking': return html`<p class="mic-asking hint" role="status">${text.start.checking}</p>`;
      case 'live': return html`
        <grove-meter data-testid="mic-level" .source=${this.level}></grove-meter>
        <p class="hint">${this.inCall ? text.start.speakInCall : text.start.speak}</p>
        <p class="hint flat-hint">${text.start.flat}</p>
        ${this.renderDevices()} ${this.renderProcessing()}`;
      case 'problem': return this.renderProblem();
    }
  }

  private renderDevices(): TemplateResult | typeof nothing {
    const { devices, options } = this.check;
    if (devices.length < 2) return nothing;
    const isKnown = devices.some(({ deviceId }) => deviceId === options.deviceId);
    return html`
      <label class="field">
        <span>${text.start.device}</span>
        <select @change=${(event: Event) => void this.check.choose({ deviceId: (event.target as HTMLSelectElement).value })}>
          <option value="" ?selected=${!isKnown}>${text.start.deviceDefault}</option>
          ${devices.filter(({ deviceId }) => deviceId !== '').map(({ deviceId, label }) => html`
            <option value=${deviceId} ?selected=${deviceId === options.deviceId}>${label}</option>`)}
        </select>
      </label>`;
  }

  private renderProcessing(): TemplateResult {
    return html`
      <details class="processing">
        <summary>${text.start.processing}${icons.more}</summary>
        ${this.renderSwitch('echoCancellation', text.start.echoCancellation, text.start.echoCancellationHint)}
        ${this.renderSwitch('noiseSuppression', text.start.noiseSuppression)}
        ${this.renderSwitch('autoGainControl', text.start.autoGainControl)}
      </details>`;
  }

  private renderSwitch(option: ProcessingOption, label: string, hint = ''): TemplateResult {
    return html`
      <label class="switch-row">
        <input type="checkbox" role="switch" .checked=${this.check.options[option]}
          @change=${(event: Event) => void this.check.choose({ [option]: (event.target as HTMLInputElement).checked })} />
        <span>${label}${hint === '' ? nothing : html`<small>${hint}</small>`}</span>
      </label>`;
  }

  private renderProblem(): TemplateResult | typeof nothing {
    if (!this.check.problem) return nothing;
    return problemBox({
      ...explainMicrophone(this.check.problem),
      testId: 'mic-problem',
      actions: html`<button type="button" class="button loud" @click=${this.start}>${text.problem.tryAgain}</button>`,
    });
  }

  private readonly start = (): void => void this.check.check();

  // Turning "only listen" off means: I want to be heard. So it asks at once.
  private setListenOnly(isListenOnly: boolean): void {
    this.check.setListenOnly(isListenOnly);
    if (!isListenOnly) this.start();
  }
}
