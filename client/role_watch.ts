// How much this device can do for others: tells the room when it is a phone, on battery or metered, or when its tab is
// hidden, so that it is not asked to carry others' voices. Handed what it looks at, so that tests need no browser.
import type { PeerRole } from './room_picture.ts';

export interface Signs {
  saveData: boolean; // the user asked the browser to be sparing
  discharging: boolean;
  phone: boolean;
  hidden: boolean;
}

/** What is scarcest first: a line that costs money, or a battery, holds whatever the tab does. */
export function roleOf({ saveData, discharging, phone, hidden }: Signs): PeerRole {
  if (saveData || discharging) return 'metered';
  if (phone) return 'phone';
  return hidden ? 'hiddenTab' : 'desktop';
}

export interface Battery extends EventTarget {
  readonly charging: boolean;
}

interface Connection extends EventTarget {
  readonly saveData?: boolean;
}

/** The parts of a page that tell; many browsers lack some. */
export interface Surroundings {
  document: EventTarget & { readonly hidden: boolean };
  navigator: {
    readonly userAgentData?: { readonly mobile: boolean };
    readonly connection?: Connection;
    getBattery?(): Promise<Battery>;
  };
  hasCoarsePointer: boolean;
  setTimeout(act: () => void, ms: number): unknown;
}

const kHiddenAfterMs = 5000; // guess: a look into another tab re-plants no tree

export class RoleWatch {
  private readonly signs: Signs;
  private battery: Battery | null = null;
  private told: PeerRole;
  private hides = 0;
  private ended = false;

  constructor(
    private readonly page: Surroundings,
    private readonly tell: (role: PeerRole) => void,
  ) {
    const { document, navigator } = page;
    this.signs = {
      saveData: navigator.connection?.saveData === true,
      discharging: false,
      phone: navigator.userAgentData?.mobile ?? page.hasCoarsePointer,
      hidden: document.hidden,
    };
    this.told = roleOf(this.signs);
    document.addEventListener('visibilitychange', this.onVisibility);
    navigator.connection?.addEventListener('change', this.onConnection);
    void this.watchBattery();
  }

  get role(): PeerRole {
    return this.told;
  }

  close(): void {
    this.ended = true;
    this.page.document.removeEventListener('visibilitychange', this.onVisibility);
    this.page.navigator.connection?.removeEventListener('change', this.onConnection);
    this.battery?.removeEventListener('chargingchange', this.onBattery);
  }

  private readonly onVisibility = (): void => {
    const hide = ++this.hides; // an older wait then ends in nothing
    if (!this.page.document.hidden) return this.see({ hidden: false });
    this.page.setTimeout(() => {
      if (hide === this.hides) this.see({ hidden: true });
    }, kHiddenAfterMs);
  };

  private readonly onConnection = (): void => this.see({ saveData: this.page.navigator.connection?.saveData === true });

  private readonly onBattery = (): void => this.see({ discharging: this.battery?.charging === false });

  private async watchBattery(): Promise<void> {
    const battery = await this.page.navigator.getBattery?.().catch(() => null); // a page's policy may forbid it
    if (!battery || this.ended) return;
    this.battery = battery;
    battery.addEventListener('chargingchange', this.onBattery);
    this.onBattery();
  }

  private see(change: Partial<Signs>): void {
    if (this.ended) return;
    Object.assign(this.signs, change);
    const role = roleOf(this.signs);
    if (role === this.told) return;
    this.told = role;
    this.tell(role);
  }
}

/** This very page. */
export function thisPage(): Surroundings {
  return {
    document,
    navigator: navigator as Surroundings['navigator'],
    hasCoarsePointer: matchMedia('(pointer: coarse) and (hover: none)').matches, // a laptop with a touch screen has a mouse too
    setTimeout: (act, ms) => setTimeout(act, ms),
  };
}
