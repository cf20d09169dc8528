// What is written in the room: yours out, everybody's in. Imports no browser API.
import type { DeliverNote, Published } from './engine/node_module.ts';
import { Inquiries } from './inquiries.ts';
import { decodeMessage, encodeMessage, tidyText } from './message_body.ts';
import { MessageLog, type Message } from './message_log.ts';

/**
 * What became of a message of yours. 'sent': everybody here gets it, and those who come later · 'empty', 'tooLong': more than
 * 4,000 characters · 'tooFast': more than 50 at once and 5 a second · 'left': the room is over. Only 'sent' sent anything.
 */
export type Said = 'sent' | 'empty' | 'tooLong' | 'tooFast' | 'left';

/** What a Chat needs of its Room. */
export interface ChatPorts {
  me(): { readonly id: string; readonly name: string };
  nameOf(author: string): string; // '' where nobody knows
  isHidden(author: string): boolean;
  publish(request: number, body: Uint8Array<ArrayBuffer>): void;
  appeared(): void; // a message that can be seen
  now(): number; // ms since 1970
}

export class Chat {
  /** Notes from others that are no message: shown as nothing. */
  spoilt = 0;
  private readonly log: MessageLog;
  private readonly questions = new Inquiries<Published>();

  constructor(private readonly ports: ChatPorts) {
    this.log = new MessageLog((author) => ports.isHidden(author));
  }

  get messages(): readonly Message[] {
    return this.log.visible;
  }

  /** How an author was called last in what is kept here, hidden or not; '' if nobody knows. */
  nameOf(author: string): string {
    return this.log.lastOf(author)?.name ?? '';
  }

  async say(written: string): Promise<Said> {
    const text = tidyText(written);
    const { id, name } = this.ports.me();
    const body = encodeMessage(name, text);
    if (typeof body === 'string') return body;
    const published = await this.questions.open((request) => this.ports.publish(request, body)).catch((): Published => 'left');
    if (published === 'emptyOrTooLong') return 'tooLong';
    if (published === 'sent') {
      const atMs = Math.max(this.ports.now(), this.log.lastOf(id)?.atMs ?? 0); // the clock of a device may be set back
      this.add({ author: id, name, text, atMs, own: true, missingBefore: 0 });
    }
    return published;
  }

  handleNote({ author, atMs, missingBefore, body }: DeliverNote): void {
    const message = decodeMessage(body);
    if (!message) {
      this.spoilt += 1;
      return;
    }
    const name = message.name === '' ? this.ports.nameOf(author) : message.name;
    this.add({ author, name, text: message.text, atMs, own: author === this.ports.me().id, missingBefore });
  }

  answer(request: number, published: Published): void {
    this.questions.answer(request, published);
  }

  /** Who is hidden has changed. */
  look(): void {
    this.log.look();
  }

  close(): void {
    this.questions.close(new Error('the room is over'));
  }

  private add(message: Message): void {
    if (this.log.add(Object.freeze(message))) this.ports.appeared();
  }
}
