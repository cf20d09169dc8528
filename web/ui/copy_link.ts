// Copies the room's link and says so. Where the browser refuses, shows the link for copying by hand.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { text } from '../text.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';

const kConfirmationMs = 2500;  // long enough to be read; guess

@customElement('grove-copy-link')
export class CopyLink extends LightElement {
  @property({ attribute: false }) link = '';
  @property() variant: 'neutral' | 'brand' = 'neutral';
  @property() testId = '';
  @state() private outcome: 'none' | 'copied' | 'failed' = 'none';
  private timer = 0;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override render(): TemplateResult {
    const isCopied = this.outcome === 'copied';
    return html`
      <button type="button" class=${this.variant === 'brand' ? 'button brand' : 'button'}
        data-testid=${this.testId === '' ? nothing : this.testId} @click=${this.copy}>
        ${isCopied ? icons.done : icons.link}${isCopied ? text.room.copied : text.room.copyLink}
      </button>
      <span class="visually-hidden" role="status">${isCopied ? text.room.copied : ''}</span>
      ${this.outcome === 'failed' ? html`
        <div class="copy-by-hand">
          <label class="field"><span>${text.room.copyFailed}</span>
            <input readonly .value=${this.link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
          </label>
          <button type="button" class="quiet-button" aria-label=${text.room.copyClose} title=${text.room.copyClose} @click=${this.close}>${icons.close}</button>
        </div>` : nothing}`;
  }

  private readonly close = (): void => {
    this.outcome = 'none';
    this.querySelector('button')?.focus();
  };

  private readonly copy = async (): Promise<void> => {
    window.clearTimeout(this.timer);
    try {
      await navigator.clipboard.writeText(this.link);
      this.outcome = 'copied';
      this.timer = window.setTimeout(() => { this.outcome = 'none'; }, kConfirmationMs);
    } catch {
      this.outcome = 'failed';
    }
  };
}
