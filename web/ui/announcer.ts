// The page's one live region: a quiet line that is seen for some seconds and read aloud.
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { LightElement } from './light_element.ts';

const kSeenMs = 4500;  // a short sentence, read twice; guess

@customElement('grove-announcer')
export class Announcer extends LightElement {
  private sentences: string[] = [];
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'status';
    this.ariaLive = 'polite';
  }

  say(sentence: string): void {
    this.sentences = [...this.sentences, sentence].slice(-2);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.sentences = [];
      this.requestUpdate();
    }, kSeenMs);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`${this.sentences.map((sentence) => html`<p>${sentence}</p>`)}`;
  }
}

export function announce(sentence: string): void {
  document.querySelector<Announcer>('grove-announcer')?.say(sentence);
}
