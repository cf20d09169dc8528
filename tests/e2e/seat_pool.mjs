// Browsers are dear (a second, or three), so tests pass them on; each test gets fresh contexts in them.
import { openSeat } from './browsers.mjs';

/** @typedef {import('./browsers.mjs').Seat} Seat */
/** @typedef {{ browser: import('./browsers.mjs').BrowserName, rate?: number, microphone?: 'allowed' | 'refused' | 'absent' }} Wish */

const kSeatsMax = 6; // of one kind of wish: three people at once, twice

/** @param {Wish} wish */
const kindOf = (wish) => `${wish.browser} ${wish.rate ?? 48000} ${wish.microphone ?? 'allowed'}`;

export class SeatPool {
  constructor() {
    /** @type {Map<string, Seat[]>} */
    this.free_ = new Map();
    /** @type {Map<Seat, string>} */
    this.kinds_ = new Map();
  }

  /** Whether these seats could be had without opening a browser. @param {readonly Wish[]} wishes */
  has(wishes) {
    const counts = new Map();
    for (const wish of wishes) counts.set(kindOf(wish), (counts.get(kindOf(wish)) ?? 0) + 1);
    return [...counts].every(([kind, count]) => (this.free_.get(kind)?.length ?? 0) >= count);
  }

  /** @param {readonly Wish[]} wishes @returns {Promise<Seat[]>} */
  async take(wishes) {
    return Promise.all(
      wishes.map(async (wish) => {
        const kind = kindOf(wish);
        const free = this.free_.get(kind)?.pop();
        if (free) return free;
        const count = [...this.kinds_.values()].filter((other) => other === kind).length;
        if (count >= kSeatsMax) throw new Error(`more than ${kSeatsMax} browsers of the kind ${kind}: somebody keeps them`);
        const seat = await openSeat(wish.browser, wish);
        this.kinds_.set(seat, kind);
        return seat;
      }),
    );
  }

  /** @param {readonly Seat[]} seats */
  give(seats) {
    for (const seat of seats) {
      const kind = /** @type {string} */ (this.kinds_.get(seat));
      this.free_.set(kind, [...(this.free_.get(kind) ?? []), seat]);
    }
  }

  /** @param {readonly Seat[]} seats */
  async discard(seats) {
    for (const seat of seats) this.kinds_.delete(seat);
    await Promise.all(seats.map((seat) => seat.close()));
  }

  async close() {
    await Promise.all([...this.kinds_.keys()].map((seat) => seat.close()));
  }
}
