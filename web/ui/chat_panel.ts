// What is written in the room, and the box to write in. Others' words are text nodes and checked links, never markup.
import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { guard } from 'lit/directives/guard.js';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Chat, MessageView } from '../state/chat.ts';
import { type ChatGroup, chatGroups } from '../state/chat_groups.ts';
import { type ChatToken, chatTokens, isLong } from '../state/chat_text.ts';
import type { NameBook } from '../state/names.ts';
import { text } from '../text.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import { blockChoice, kBlock, type WhomToBlock } from './peer_choices.ts';
import { portrait } from './portrait.ts';

const kEndPx = 40;  // so near to the end is at the end: a line and a half

@customElement('grove-chat')
export class ChatPanel extends LightElement {
  @property({ attribute: false }) chat!: Chat;
  @property({ attribute: false }) names!: NameBook;
  @state() private isAtEnd = true;
  @query('.chat-list') private list!: HTMLElement | null;
  @query('textarea') private box!: HTMLTextAreaElement | null;
  private readonly unfolded = new WeakSet<MessageView>();
  private unfolds = 0;
  private size = '';  // of the list
  private last: MessageView | undefined;
  private endSubscription = (): void => {};
  private readonly resized = new ResizeObserver(() => {
    this.fitBox();
    this.keepEnd();
  });
  private readonly seen = (): void => this.chat.watch(this.isAtEnd && !document.hidden);

  override connectedCallback(): void {
    super.connectedCallback();
    this.endSubscription = this.chat.subscribe(() => this.requestUpdate());
    document.addEventListener('visibilitychange', this.seen);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.endSubscription();
    this.resized.disconnect();
    document.removeEventListener('visibilitychange', this.seen);
    this.chat.watch(false);
  }

  protected override render(): TemplateResult {
    const { chat } = this;
    const { messages } = chat;
    return html`
      <section class="chat" data-testid="chat" aria-labelledby="chat-title" @keydown=${this.handleKey}>
        <header class="chat-head">
          <h2 id="chat-title" tabindex="-1">${text.chat.title}</h2>
          <button type="button" class="quiet-button" aria-label=${text.chat.close} title=${text.chat.close} @click=${this.close}>${icons.close}</button>
        </header>
        <div class="chat-list" role="region" aria-label=${text.chat.list} tabindex="0" @scroll=${this.handleScroll}>
          ${messages.length === 0 ? html`<p class="chat-empty">${text.chat.empty}</p>` : html`
            <ol>${guard([messages, this.unfolds, this.names.key], () => this.renderGroups(messages))}</ol>`}
        </div>
        ${this.isAtEnd ? nothing : html`
          <button type="button" class="chat-jump" @click=${this.jump}>${icons.more}${chat.unread > 0 ? text.chat.jumpNew(chat.unread) : text.chat.jump}</button>`}
        ${this.renderForm()}
      </section>`;
  }

  // Not at every key that is pressed.
  private renderGroups(messages: readonly MessageView[]): unknown {
    return repeat(chatGroups(messages, Date.now()), ({ first }) => first, (group) => this.renderGroup(group));
  }

  private renderGroup({ first, time, messages }: ChatGroup): TemplateResult {
    const name = first.own ? text.chat.you : this.names.of(first.author, first.name);
    return html`
      <li class="chat-group" data-own=${first.own}>
        ${first.missingBefore > 0 ? html`<p class="chat-missing">${text.chat.missing(first.missingBefore)}</p>` : nothing}
        ${portrait(first.author, first.name)}
        <div class="chat-said">
          <p class="chat-by"><b>${name}</b> <time datetime=${new Date(first.atMs).toISOString()}>${time}</time></p>
          ${first.own ? nothing : this.renderMore(first, name)}
          ${repeat(messages, (message) => message, (message) => this.renderMessage(message))}
        </div>
      </li>`;
  }

  // Also of those who have left, and have no card.
  private renderMore({ author: id, name }: MessageView, who: string): TemplateResult {
    const block = (): void => {
      this.dispatchEvent(new CustomEvent<WhomToBlock>(kBlock, { bubbles: true, detail: { id, name } }));
      this.box?.focus();  // the button is gone
    };
    return html`
      <details class="chat-more" @toggle=${this.showChoices}>
        <summary aria-label=${text.chat.more(who)} title=${text.chat.more(who)}>${icons.more}</summary>
        <div class="choices">${blockChoice(who, 'chat-block', block)}</div>
      </details>`;
  }

  private renderMessage(message: MessageView): TemplateResult {
    const isFolded = isLong(message.text) && !this.unfolded.has(message);
    return html`
      <p class="chat-message" dir="auto" data-testid="chat-message" data-own=${message.own} data-folded=${isFolded}>${guard([message], () => chatTokens(message.text).map(token))}</p>
      ${isFolded ? html`<button type="button" class="chat-unfold" @click=${() => this.unfold(message)}>${text.chat.unfold}</button>` : nothing}`;
  }

  private renderForm(): TemplateResult {
    const { draft, free, problem } = this.chat;
    const isOver = free !== null && free < 0;
    return html`
      <form class="chat-form" @submit=${this.submit}>
        <textarea rows="1" data-testid="chat-text" aria-label=${text.chat.label} placeholder=${text.chat.placeholder}
          aria-describedby="chat-hint chat-problem" aria-invalid=${isOver} enterkeyhint="send" autocomplete="off"
          .value=${live(draft)} @input=${this.handleInput}></textarea>
        <button type="submit" class="round chat-send" data-testid="chat-send" aria-label=${text.chat.send} title=${text.chat.send}>${icons.send}</button>
        <p id="chat-hint" class="visually-hidden">${text.chat.hint}</p>
        <p id="chat-problem" class="field-problem" role="status" data-testid="chat-problem">${problem ? text.chat.problem[problem] : ''}</p>
        ${free === null ? nothing : html`
          <p class=${isOver ? 'chat-counter over' : 'chat-counter'} data-testid="chat-counter">${isOver ? text.chat.over(-free) : text.chat.free(free)}</p>`}
      </form>`;
  }

  protected override firstUpdated(): void {
    if (this.list) this.resized.observe(this.list);
    // On a phone the keyboard would cover what is to be read.
    const isTouch = matchMedia('(pointer: coarse)').matches;
    (isTouch ? this.querySelector<HTMLElement>('#chat-title') : this.box)?.focus();
  }

  protected override updated(_changes: PropertyValues): void {
    const last = this.chat.messages.at(-1);
    const isMine = last !== this.last && last?.own === true;
    this.last = last;
    if (isMine) this.isAtEnd = true;
    this.fitBox();
    this.keepEnd();
    this.seen();
  }

  private keepEnd(): void {
    if (this.isAtEnd && this.list) this.list.scrollTop = this.list.scrollHeight;
  }

  // As high as what is in it, up to the style sheet's limit.
  private fitBox(): void {
    if (!this.box) return;
    this.box.style.height = 'auto';
    this.box.style.height = `${this.box.scrollHeight + this.box.offsetHeight - this.box.clientHeight}px`;
  }

  private readonly handleScroll = (): void => {
    if (!this.list) return;
    const { scrollHeight, scrollTop, clientHeight, clientWidth } = this.list;
    const size = `${clientWidth} ${clientHeight}`;
    const isResized = size !== this.size;
    this.size = size;
    if (isResized) return this.keepEnd();  // nobody's hand
    this.isAtEnd = scrollHeight - scrollTop - clientHeight < kEndPx;
    this.seen();
  };

  private readonly jump = (): void => {
    this.isAtEnd = true;
    this.keepEnd();
    this.list?.focus();
  };

  private unfold(message: MessageView): void {
    this.unfolded.add(message);
    this.unfolds += 1;
    this.isAtEnd = false;  // it is read from its beginning
    this.requestUpdate();
  }

  private readonly handleInput = (event: Event): void => this.chat.write((event.target as HTMLTextAreaElement).value);

  private readonly handleKey = (event: KeyboardEvent): void => {
    if (event.isComposing) return;  // Enter and Escape belong to the input method
    if (event.key === 'Escape') return this.close();
    if (event.key !== 'Enter' || event.shiftKey || event.target !== this.box) return;
    event.preventDefault();
    void this.chat.send();
  };

  // At the end of the list they open below its edge.
  private readonly showChoices = ({ target }: Event): void => {
    const more = target as HTMLDetailsElement;
    if (!more.open) return;
    for (const part of [more.closest('.chat-group'), more.querySelector('.choices')]) part?.scrollIntoView({ block: 'nearest' });
  };

  private readonly submit = (event: Event): void => {
    event.preventDefault();
    void this.chat.send();
    this.box?.focus();
  };

  private readonly close = (): void => void this.dispatchEvent(new CustomEvent('grove-chat', { bubbles: true }));
}

function token(token: ChatToken): TemplateResult | string {
  return token.kind === 'words' ? token.words : html`<a dir="ltr" href=${token.href} target="_blank" rel="noopener noreferrer nofollow">${token.words}</a>`;
}
