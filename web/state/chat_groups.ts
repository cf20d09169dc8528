// Messages as they stand in the list: those of one person, close to each other, under one name.
import type { MessageView } from './chat.ts';

export interface ChatGroup {
  readonly first: MessageView;
  readonly time: string;
  readonly messages: readonly MessageView[];
}

const kTogetherMs = 5 * 60_000;  // guess

export function chatGroups(messages: readonly MessageView[], nowMs: number): ChatGroup[] {
  const groups: { first: MessageView; time: string; messages: MessageView[] }[] = [];
  for (const message of messages) {
    const group = groups.at(-1);
    if (group && belongs(message, group.messages.at(-1) ?? group.first)) group.messages.push(message);
    else groups.push({ first: message, time: chatTime(message.atMs, nowMs), messages: [message] });
  }
  return groups;
}

function belongs(message: MessageView, before: MessageView): boolean {
  return message.author === before.author && message.name === before.name && message.missingBefore === 0
    && message.atMs - before.atMs < kTogetherMs && isSameDay(message.atMs, before.atMs);
}

// “14:05”, and of another day “29 Nov, 14:05”, as the browser's user writes it.
export function chatTime(atMs: number, nowMs: number): string {
  return (isSameDay(atMs, nowMs) ? kTime : kDayAndTime).format(atMs);
}

const kTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const kDayAndTime = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

function isSameDay(one: number, other: number): boolean {
  return new Date(one).toDateString() === new Date(other).toDateString();
}
