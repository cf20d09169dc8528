// The chat of one room: what is being written, what was sent and could not be, what is new.
import { Observable } from './observable.ts';

export interface MessageView {
  readonly author: string;
  readonly name: string;
  readonly text: string;
  readonly atMs: number;
  readonly own: boolean;
  readonly missingBefore: number;
}

export interface ChatRoom {
  readonly messages: readonly MessageView[];  // another list after every change, of the same objects
  say(text: string): Promise<'sent' | 'empty' | 'tooLong' | 'tooFast' | 'left'>;
}

export type ChatProblem = 'tooLong' | 'tooFast' | 'left';

export const kTextLengthMax = 4000;  // characters (client/message_body.ts)
const kCounterFrom = 300;  // characters before the end; guess
const kHistoryMs = 30_000;  // after joining: what is older than that and comes by then was there before us; guess

export class Chat extends Observable {
  draft = '';
  problem: ChatProblem | null = null;
  isOpen = false;
  hasHistory = false;  // that nobody has looked at
  private readonly joinedMs: number;
  private readonly known = new WeakSet<MessageView>();
  private readonly waiting = new Set<MessageView>();  // not looked at
  private isWatched = false;
  private seen: readonly MessageView[] | null = null;  // the list at the last look

  constructor(private readonly room: ChatRoom, private readonly now: () => number) {
    super();
    this.joinedMs = now();
    this.look();
  }

  get messages(): readonly MessageView[] {
    return this.room.messages;
  }

  get unread(): number {
    return this.waiting.size;
  }

  // Characters still free, below zero too many; null where that is far off.
  get free(): number | null {
    const free = kTextLengthMax - lengthOf(this.draft.trim());
    return free <= kCounterFrom ? free : null;
  }

  // The room's messages have changed. Others' new ones, for those who do not see them.
  look(): MessageView[] {
    const { messages } = this.room;
    if (messages === this.seen) return [];
    this.seen = messages;
    const fresh: MessageView[] = [];
    for (const message of messages) {
      if (this.known.has(message)) continue;
      this.known.add(message);
      if (message.own) continue;
      if (this.wasHereBeforeUs(message)) this.hasHistory ||= !this.isWatched;
      else fresh.push(message);
    }
    if (!this.isWatched) for (const message of fresh) this.waiting.add(message);
    for (const message of this.waiting) if (!messages.includes(message)) this.waiting.delete(message);  // of somebody blocked since
    this.changed();
    return fresh;
  }

  toggle(): void {
    this.isOpen = !this.isOpen;
    this.isWatched &&= this.isOpen;
    this.changed();
  }

  // Whether the newest message is before somebody's eyes.
  watch(isWatched: boolean): void {
    if (this.isWatched === isWatched) return;
    this.isWatched = isWatched;
    if (isWatched) {
      this.waiting.clear();
      this.hasHistory = false;
    }
    this.changed();
  }

  write(draft: string): void {
    this.draft = draft;
    this.problem = null;
    this.changed();
  }

  // What cannot be sent stays in the box, before what was typed meanwhile.
  async send(): Promise<void> {
    const text = this.draft;
    if (text.trim() === '') return;
    if ((this.free ?? 0) < 0) {
      this.problem = 'tooLong';
      return this.changed();
    }
    this.write('');
    const said = await this.room.say(text);
    if (said === 'sent' || said === 'empty') return;
    this.draft = this.draft === '' ? text : `${text}\n${this.draft}`;
    this.problem = said;
    this.changed();
  }

  private wasHereBeforeUs({ atMs }: MessageView): boolean {
    return atMs < this.joinedMs && this.now() < this.joinedMs + kHistoryMs;
  }
}

// As people count: code points.
function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}
