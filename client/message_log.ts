// The room's messages as this device has them, by the time of their writing. Imports no browser API.

export interface Message {
  readonly author: string; // Peer.id
  readonly name: string; // as they were called when they wrote it; '' if nobody knows
  readonly text: string; // any text of up to 4,000 characters, with line feeds: show it as text, never as HTML
  readonly atMs: number; // since 1970, by the author's clock, but never in the future
  readonly own: boolean; // yours, from an earlier run on this device too
  readonly missingBefore: number; // messages of theirs right before it that nobody has any more
}

export const kMessagesMax = 200; // DESIGN.md §5, docs/protocol.md §8: as long as the room's history

export class MessageLog {
  private all: readonly Message[] = [];
  private shown: readonly Message[] | null = null;

  /** @param isHidden whether an author's messages are kept back */
  constructor(private readonly isHidden: (author: string) => boolean = () => false) {}

  /** Newest last. A new list after every change, so that it can be compared. */
  get visible(): readonly Message[] {
    return (this.shown ??= this.all.filter(({ author, own }) => own || !this.isHidden(author)));
  }

  /**
   * One author's messages come in their order and with times that never fall (docs/protocol.md §8): behind all that are not
   * later, they stay in it.
   * @returns whether it can be seen
   */
  add(message: Message): boolean {
    let at = this.all.length;
    while (at > 0 && (this.all[at - 1]?.atMs ?? 0) > message.atMs) at -= 1;
    this.all = [...this.all.slice(0, at), message, ...this.all.slice(at)].slice(-kMessagesMax);
    this.shown = null;
    return this.visible.includes(message);
  }

  /** What an author wrote last, hidden or not. */
  lastOf(author: string): Message | undefined {
    return this.all.findLast((message) => message.author === author);
  }

  /** What is hidden has changed. */
  look(): void {
    this.shown = null;
  }
}
