// Everybody whom you block, here or not, and the way back. In the sound settings.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { type NameBook, namesInRoom } from '../state/names.ts';
import { bareName, plainName } from '../state/plain_name.ts';
import type { BlockedView, RoomView } from '../state/session.ts';
import { text } from '../text.ts';
import { LightElement } from './light_element.ts';
import { portrait } from './portrait.ts';

@customElement('grove-blocked')
export class BlockedList extends LightElement {
  @property({ attribute: false }) room!: RoomView;
  private readonly refresh = (): void => this.requestUpdate();

  override connectedCallback(): void {
    super.connectedCallback();
    this.room.addEventListener('change', this.refresh);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.room.removeEventListener('change', this.refresh);
  }

  protected override render(): TemplateResult {
    const people = this.room.blockedPeople;
    const names = namesInRoom(this.room, people);
    return html`
      <h3 id="blocked-title" tabindex="-1">${text.block.listTitle}</h3>
      <p class="hint">${people.length > 0 ? text.block.listHint : text.block.listEmpty}</p>
      ${people.length === 0 ? nothing : html`
        <ul aria-labelledby="blocked-title" data-testid="blocked-people">
          ${repeat([...people].reverse(), ({ id }) => id, (person) => this.renderPerson(person, names))}
        </ul>`}`;
  }

  private renderPerson({ id, name, nameThen, blocked, voiceKept }: BlockedView, names: NameBook): TemplateResult {
    const who = names.of(id, name);
    const then = plainName(nameThen, text.peer.nameless);
    const was = then === plainName(name, text.peer.nameless) ? '' : text.block.was(then);
    const states = [was, this.room.peers.has(id) ? text.block.here : '', !blocked ? text.block.keptOnly : voiceKept ? text.block.cannotHear : ''];
    return html`
      <li>
        ${portrait(id, name)}
        <span class="who"><b>${bareName(who)}</b><small>${states.filter((words) => words !== '').join(' · ')}</small></span>
        <button type="button" class="button small" data-testid="unblock-listed" aria-label=${text.block.unblockName(who)} @click=${() => this.unblock(id)}>
          ${text.block.unblock}</button>
      </li>`;
  }

  private unblock(id: string): void {
    this.room.setBlocked(id, { blocked: false, voiceKept: false });
    this.querySelector<HTMLElement>('h3')?.focus();  // the button is gone
  }
}
