import { describe, expect, it } from 'vitest';
import { roleOf, RoleWatch, type Battery, type Surroundings } from './role_watch.ts';
import type { PeerRole } from './room_picture.ts';

class Page implements Surroundings {
  document = Object.assign(new EventTarget(), { hidden: false });
  connection = Object.assign(new EventTarget(), { saveData: false });
  navigator: Surroundings['navigator'] = { connection: this.connection };
  hasCoarsePointer = false;
  waits: (() => void)[] = [];

  setTimeout(act: () => void): void {
    this.waits.push(act);
  }
  show(visible: boolean): void {
    this.document.hidden = !visible;
    this.document.dispatchEvent(new Event('visibilitychange'));
  }
  passTime(): void {
    for (const act of this.waits.splice(0)) act();
  }
}

function watch(page: Page): { told: PeerRole[]; watch: RoleWatch } {
  const told: PeerRole[] = [];
  return { told, watch: new RoleWatch(page, (role) => told.push(role)) };
}

describe('the role of a device', () => {
  const usual = { saveData: false, discharging: false, phone: false, hidden: false };

  it('follows_what_is_scarcest', () => {
    expect(roleOf(usual)).toBe('desktop');
    expect(roleOf({ ...usual, hidden: true })).toBe('hiddenTab');
    expect(roleOf({ ...usual, hidden: true, phone: true })).toBe('phone');
    expect(roleOf({ ...usual, phone: true, saveData: true })).toBe('metered');
    expect(roleOf({ ...usual, discharging: true })).toBe('metered');
  });

  it('is_known_from_the_start', () => {
    const page = new Page();
    page.hasCoarsePointer = true;
    expect(watch(page).watch.role).toBe('phone');
    page.navigator = { userAgentData: { mobile: false } }; // a tablet that says it is none
    expect(watch(page).watch.role).toBe('desktop');
  });

  it('changes_only_when_a_tab_stays_hidden', () => {
    const page = new Page();
    const { told } = watch(page);
    page.show(false);
    page.show(true);
    page.passTime();
    expect(told).toEqual([]);
    page.show(false);
    page.passTime();
    page.show(true);
    expect(told).toEqual(['hiddenTab', 'desktop']);
  });

  it('follows_the_battery_and_the_line', async () => {
    const page = new Page();
    const battery = Object.assign(new EventTarget(), { charging: false }) satisfies Battery;
    page.navigator = { connection: page.connection, getBattery: () => Promise.resolve(battery) };
    const { told } = watch(page);
    await Promise.resolve().then(() => undefined).then(() => undefined);
    expect(told).toEqual(['metered']);
    battery.charging = true;
    battery.dispatchEvent(new Event('chargingchange'));
    page.connection.saveData = true;
    page.connection.dispatchEvent(new Event('change'));
    expect(told).toEqual(['metered', 'desktop', 'metered']);
  });

  it('is_told_to_nobody_once_the_room_is_left', () => {
    const page = new Page();
    const { told, watch: watching } = watch(page);
    page.show(false);
    watching.close();
    page.passTime();
    page.show(true);
    expect(told).toEqual([]);
  });

  it('a_battery_that_a_policy_hides_is_no_failure', async () => {
    const page = new Page();
    page.navigator = { getBattery: () => Promise.reject(new DOMException('policy', 'NotAllowedError')) };
    const { watch: watching } = watch(page);
    await Promise.resolve().then(() => undefined);
    expect(watching.role).toBe('desktop');
  });
});
