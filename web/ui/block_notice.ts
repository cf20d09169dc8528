// Right after somebody was blocked: what that means, and the way back. It goes by itself; the card and the settings have the
// same button for as long as the block holds.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { NameBook } from '../state/names.ts';
import type { RoomView } from '../state/session.ts';
import { text } from '../text.ts';
import { announce } from './announcer.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import type { PeerCard } from './peer_card.ts';
import type { WhomToBlock } from './peer_choices.ts';

const kShownMs = 15_000;  // two lines and a change of mind; guess

@customElement('grove-block-notice')
export class BlockNotice extends LightElement {
  @property({ attribute: false }) room!: RoomView;
  @property({ attribute: false }) names!: NameBook;
  private person: WhomToBlock | null = null;
  private timer = 0;

  show(person: WhomToBlock): void {
    this.person = person;
    announce(text.block.done(this.name), { isSeen: false, subject: person.id });
    this.wait();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearTimeout(this.timer);
  }

  protected override render(): TemplateResult | typeof nothing {
    const id = this.person?.id;
    if (!this.room.blockedPeople.some((one) => one.id === id && one.blocked)) return nothing;
    return html`
      <div class="block-notice" data-testid="block-notice" @pointerenter=${this.hold} @pointerleave=${this.wait} @focusin=${this.hold} @focusout=${this.wait}>
        <p>${text.block.done(this.name)}</p>
        <button type="button" class="button small" data-testid="undo-block" @click=${this.undo}>${text.block.undo}</button>
        <button type="button" class="quiet-button" aria-label=${text.trees.close} title=${text.trees.close} @click=${this.hide}>${icons.close}</button>
      </div>`;
  }

  private get name(): string {
    return this.person ? this.names.of(this.person.id, this.person.name) : '';
  }

  // Nobody is hurried while they are at it.
  private readonly hold = (): void => window.clearTimeout(this.timer);

  private readonly wait = (): void => {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(this.hide, kShownMs);
  };

  private readonly hide = (): void => {
    this.person = null;
    this.requestUpdate();
  };

  private readonly undo = async (): Promise<void> => {
    if (!this.person) return;
    const { id } = this.person;
    this.room.setBlocked(id, { blocked: false, voiceKept: false });
    announce(text.block.undone(this.name), { subject: id });
    this.hide();
    const card = document.querySelector<PeerCard>(`grove-peer[data-peer-id='${id}']`);
    await card?.updateComplete;
    const next = card?.querySelector('[data-testid=more]') ?? document.querySelector('#chat-title') ?? document.querySelector('.room-head h1');
    (next as HTMLElement | null)?.focus();  // this button is gone
  };
}
