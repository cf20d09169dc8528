// What the page's address may ask for, for tests and for those who try things out: /?fan-out=2&role=desktop#…
// CONTRIBUTING.md tells what they mean. Whatever is wrong is told, not passed over.
import type { JoinOptions, PeerRole } from '@grove/client';
import { text } from '../text.ts';

export type PageOptions = { ok: true; join: Pick<JoinOptions, 'copiesMax' | 'role'> } | { ok: false; why: string };

const kCopiesMax = 12;  // as the client allows
const kRoles: Record<string, PeerRole> = { desktop: 'desktop', phone: 'phone', 'hidden-tab': 'hiddenTab', metered: 'metered' };

export function pageOptions(address: string): PageOptions {
  const asked = new URL(address).searchParams;
  const join: { copiesMax?: number; role?: PeerRole } = {};
  const fanOut = asked.get('fan-out');
  if (fanOut !== null) {
    const copies = Number(fanOut);
    if (!/^\d{1,2}$/.test(fanOut) || copies < 1 || copies > kCopiesMax) return { ok: false, why: text.problem.address.fanOut(fanOut, kCopiesMax) };
    join.copiesMax = copies;
  }
  const role = asked.get('role');
  if (role !== null) {
    const known = Object.hasOwn(kRoles, role) ? kRoles[role] : undefined;
    if (!known) return { ok: false, why: text.problem.address.role(role, Object.keys(kRoles)) };
    join.role = known;
  }
  return { ok: true, join };
}
