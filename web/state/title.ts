// The page's title: what somebody in another tab wants to know, most important first.
import { text } from '../text.ts';

export interface RoomSummary {
  readonly others: number;
  readonly isMuted: boolean;
  readonly isOffline: boolean;  // alone and nobody can come in
  readonly unread: number;      // messages
}

export function pageTitle(room: RoomSummary | null): string {
  if (!room) return text.title.start;
  const parts: string[] = [];
  if (room.isMuted) parts.push(text.title.muted);
  if (room.isOffline) parts.push(text.title.offline);
  parts.push(room.others === 0 ? text.title.alone : text.room.people(room.others + 1), text.product);
  const unread = room.unread > 0 ? `${text.title.unread(room.unread)} ` : '';
  return unread + parts.join(' · ');
}
