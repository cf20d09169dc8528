// The page's one live region: a line that is read aloud and, unless it stands on the page anyway, seen for some seconds.
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { LightElement } from './light_element.ts';

const kSeenMs = 4500;  // a short sentence, read twice; guess
const kSentences = 2;   // more would cover the room

@customElement('grove-announcer')
export class Announcer extends LightElement {
  private sentences: { sentence: string; isSeen: boolean }[] = [];
  private timer = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'status';
    this.ariaLive = 'polite';
  }

  say(sentence: string, isSeen: boolean): void {
    this.sentences = [...this.sentences, { sentence, isSeen }].slice(-kSentences);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      this.sentences = [];
      this.requestUpdate();
    }, kSeenMs);
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    return html`${this.sentences.map(({ sentence, isSeen }) => html`<p class=${isSeen ? '' : 'unseen'}>${sentence}</p>`)}`;
  }
}

export function announce(sentence: string, isSeen = true): void {
  document.querySelector<Announcer>('grove-announcer')?.say(sentence, isSeen);
}
