// The room: everybody as a card, notices above, your own strip below.
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { Attendance } from '../state/attendance.ts';
import { Chat } from '../state/chat.ts';
import { inOneLine } from '../state/chat_text.ts';
import type { RendezvousView } from '../state/notice.ts';
import { type NameBook, namesInRoom } from '../state/names.ts';
import type { RoomView } from '../state/session.ts';
import { text } from '../text.ts';
import { announce, retract } from './announcer.ts';
import type { AppSession } from './app_session.ts';
import './block_notice.ts';
import type { BlockNotice } from './block_notice.ts';
import './chat_panel.ts';
import './copy_link.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import { horizon, mark } from './mark.ts';
import './own_strip.ts';
import type { OwnStrip } from './own_strip.ts';
import './peer_card.ts';
import type { PeerCard } from './peer_card.ts';
import type { WhomToBlock } from './peer_choices.ts';
import './room_notices.ts';
import type { RoomNotices } from './room_notices.ts';
import type { TreesPanel } from './trees_panel.ts';

const kFew = 3;   // large cards up to here
const kSome = 9;  // beyond: compact rows
const kChat = 'chat';  // a subject of announcements
const kReadAloud = 200;  // characters of a message; guess

@customElement('grove-room')
export class RoomPage extends LightElement {
  @property({ attribute: false }) session!: AppSession;
  @query('grove-me') private me!: OwnStrip | null;
  @query('grove-notices') private notices!: RoomNotices | null;
  @query('grove-block-notice') private blockNotice!: BlockNotice | null;
  @query('grove-trees') private trees!: TreesPanel | null;
  @state() private areTreesShown = false;
  @queryAll('grove-peer') private cards!: NodeListOf<PeerCard>;
  private readonly attendance = new Attendance();
  private chat!: Chat;
  private endSubscriptions: (() => void)[] = [];

  override connectedCallback(): void {
    super.connectedCallback();
    const { room } = this.session;
    if (!room) return;
    const update = (): void => this.handleChange();
    const paint = (): void => this.paint();
    const read = (): void => this.readChat();
    this.chat = new Chat(room, () => Date.now());
    room.addEventListener('change', update);
    room.addEventListener('levels', paint);
    room.addEventListener('message', read);
    this.endSubscriptions = [
      () => room.removeEventListener('change', update),
      () => room.removeEventListener('levels', paint),
      () => room.removeEventListener('message', read),
      this.chat.subscribe(() => this.handleChat()),
      this.session.subscribe(update),
      this.session.microphone.subscribe(update),
    ];
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const end of this.endSubscriptions) end();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { room } = this.session;
    if (!room) return nothing;
    const count = room.peers.size;
    const names = namesInRoom(room);
    const size = count <= kFew ? 'few' : count <= kSome ? 'some' : 'many';
    return html`
      <div class="room" data-testid="room" data-size=${size} data-chat=${this.chat.isOpen} @grove-chat=${this.toggleChat} @grove-block=${this.block}>
        <header class="room-head">
          <h1 tabindex="-1">${mark}<span class="visually-hidden-on-phones">${text.product}</span></h1>
          <p class="room-state">${this.words(count, room.rendezvous.state)}</p>
          ${count === 0 ? nothing : html`
            <button type="button" class="button trees-open" data-testid="trees-open" aria-expanded=${this.areTreesShown}
              title=${text.trees.open} @click=${this.toggleTrees}>
              ${icons.trees}<span class="visually-hidden-on-phones">${text.trees.short}</span></button>`}
          <grove-copy-link testId="copy-link" .link=${room.link}></grove-copy-link>
        </header>
        <main aria-label=${text.room.label}>
          <grove-notices .session=${this.session}></grove-notices>
          ${this.areTreesShown && count > 0
            ? html`<grove-trees .room=${room} @grove-close=${this.toggleTrees}></grove-trees>` : nothing}
          ${count === 0 ? this.renderInvitation(room) : html`
            <div class="cards" role="list">
              ${repeat(room.peers.values(), ({ id }) => id, (peer) => html`<grove-peer .peer=${peer} .names=${names}></grove-peer>`)}
            </div>`}
        </main>
        ${this.chat.isOpen ? html`<grove-chat .chat=${this.chat} .names=${this.chatNames(room)}></grove-chat>` : nothing}
        <footer><grove-block-notice .room=${room} .names=${names}></grove-block-notice><grove-me .session=${this.session} .chat=${this.chat}></grove-me></footer>
        ${count <= kFew ? horizon : nothing}
      </div>`;
  }

  private renderInvitation({ link, rendezvous }: RoomView): TemplateResult | typeof nothing {
    if (rendezvous.state === 'refused') return nothing;
    return html`
      <section class="invitation">
        <h2>${text.room.inviteTitle}</h2>
        <p>${text.room.inviteBody}</p>
        <input class="invitation-link" readonly .value=${link} aria-label=${text.room.copyLink}
          @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
        <grove-copy-link variant="brand" .link=${link}></grove-copy-link>
      </section>`;
  }

  // Seldom needed, so it comes when it is called.
  private readonly toggleTrees = async (): Promise<void> => {
    if (this.areTreesShown) {
      this.areTreesShown = false;
      this.querySelector<HTMLElement>('[data-testid=trees-open]')?.focus();
      return;
    }
    await import('./trees_panel.ts');
    this.areTreesShown = true;
    await this.updateComplete;
    await this.trees?.updateComplete;
    this.querySelector<HTMLElement>('#trees-title')?.focus();
  };

  private readonly toggleChat = (): void => {
    this.chat.toggle();
    if (!this.chat.isOpen) this.querySelector<HTMLElement>('[data-testid=chat-open]')?.focus();
  };

  private readonly block = ({ detail: whom }: CustomEvent<WhomToBlock>): void => {
    this.session.room?.setBlocked(whom.id, { blocked: true });
    retract(kChat);  // it may be their words
    this.blockNotice?.show(whom);
  };

  private handleChat(): void {
    this.requestUpdate();
    this.me?.requestUpdate();
    this.dispatchEvent(new CustomEvent('grove-unread', { bubbles: true, detail: this.chat.unread }));
  }

  // New words are read aloud, and seen for a moment where the chat is closed.
  private readChat(): void {
    const fresh = this.chat.look();
    const last = fresh.at(-1);
    const { room } = this.session;
    if (!last || !room) return;
    const words = fresh.length > 1 ? text.chat.jumpNew(fresh.length)
      : text.chat.said(this.chatNames(room).of(last.author, last.name), inOneLine(last.text, kReadAloud));
    announce(words, { isSeen: !this.chat.isOpen, subject: kChat });
  }

  // Also of those who have left, and as they were called then.
  private chatNames(room: RoomView): NameBook {
    return namesInRoom(room, room.messages.map(({ author: id, name }) => ({ id, name })));
  }

  private words(count: number, state: RendezvousView['state']): string {
    if (count > 0) return text.room.people(count + 1);
    if (state === 'refused') return text.room.outside;
    return state === 'connecting' ? text.room.connecting : text.room.alone;
  }

  // Everything but the levels: who is there, what they are called, how they are connected.
  private handleChange(): void {
    this.requestUpdate();
    this.me?.requestUpdate();
    this.notices?.handleChange();
    this.blockNotice?.requestUpdate();
    for (const card of this.cards) card.requestUpdate();
    this.readChat();  // who is blocked may have changed
    this.tellAttendance();
  }

  private tellAttendance(): void {
    const { room } = this.session;
    if (!room) return;  // I left, not they
    const isDoorOpen = room.rendezvous.state === 'open' || room.rendezvous.state === 'resting';
    const told = this.attendance.update(room.peers.values(), namesInRoom(room), performance.now(), isDoorOpen);
    for (const { sentence, subject } of told) announce(sentence, { subject });
  }

  protected override firstUpdated(): void {
    this.querySelector('h1')?.focus();  // the button that had the focus went with the start page
    this.notices?.handleChange();
    this.tellAttendance();
  }

  // About 15 times a second: no rendering, only what moves.
  private paint(): void {
    this.me?.paint();
    this.trees?.paint();
    for (const card of this.cards) card.paint();
  }
}
