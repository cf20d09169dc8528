// The page's one live region: a line that is read aloud and, unless it stands on the page anyway, seen for some seconds.
import { html, type TemplateResult } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { LightElement } from './light_element.ts';

const kSeenMs = 4500;  // a short sentence, read twice; guess
export const kMute = 'mute';  // a subject
const kSentences = 2;   // more would cover the room

interface Said {
  readonly sentence: string;
  readonly isSeen: boolean;
  readonly subject: string;
  readonly timer: number;
}

@customElement('grove-announcer')
export class Announcer extends LightElement {
  private said: readonly Said[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'status';
    this.ariaLive = 'polite';
  }

  say(sentence: string, { isSeen = true, subject = '' }: Manner): void {
    if (subject !== '') this.retract(subject);
    const said: Said = { sentence, isSeen, subject, timer: window.setTimeout(() => this.keep((one) => one !== said), kSeenMs) };
    this.said = [...this.said, said].slice(-kSentences);
    this.requestUpdate();
  }

  // What was said of it is true no longer; '' for everything.
  retract(subject: string): void {
    this.keep((said) => subject !== '' && said.subject !== subject);
  }

  protected override render(): TemplateResult {
    return html`${repeat(this.said, (said) => said, ({ sentence, isSeen }) => html`<p class=${isSeen ? '' : 'unseen'}>${sentence}</p>`)}`;
  }

  private keep(stays: (said: Said) => boolean): void {
    for (const said of this.said) if (!stays(said)) window.clearTimeout(said.timer);
    this.said = this.said.filter(stays);
    this.requestUpdate();
  }
}

export interface Manner {
  isSeen?: boolean;   // false: only read aloud; it stands on the page anyway
  subject?: string;   // a newer sentence on it takes the older one's place
}

export function announce(sentence: string, manner: Manner = {}): void {
  document.querySelector<Announcer>('grove-announcer')?.say(sentence, manner);
}

export function retract(subject = ''): void {
  document.querySelector<Announcer>('grove-announcer')?.retract(subject);
}
