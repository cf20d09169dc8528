// How far the engine stays ahead of what the sound card may want next (card_clock.ts). It decides only; the audio Worker
// does. All counts are in frames.
// As small as the machine allows: every frame of lead is delay. It grows at once when the sound card found too little,
// and shrinks slowly while there was always plenty left.

const kLeadMaxMs = 60; // brief of the client: beyond that something else is wrong
const kSpareMs = 10; // what should be left after each call of the sound card's. A Worker wakes within 0.2 ms, p99 (measured),
// but on two busy cores some 10 ms late now and then: with 1, and with 4, a page whose main thread was kept busy had one to
// four underruns in 20 s (measured)
const kStartMs = 25; // above the 21 ms that Firefox takes in one go under PulseAudio (measured): nobody is heard yet, and
const kStartWindows = 4; // the first windows are short and shrink it to what is needed
const kStartWindowMs = 300; // guess: a dozen bursts of the largest kind seen
const kWindowMs = 3000; // guess: how long there must be more than enough before the lead shrinks
const kPatienceMs = 20_000; // guess: after an underrun, how long nothing shrinks

export interface LeadConditions {
  quantum: number; // frames a call of the sound card's takes
  missing: number; // frames missing so far; only ever grows
  lowWater: number; // the fewest frames left after a call since the last observation; Infinity when unknown
}

export class LeadPolicy {
  private readonly max: number;
  private readonly spare: number;
  private readonly start: number;
  private lead: number;
  private missing = 0;
  private windowLow = Infinity;
  private windowEnd = -Infinity;
  private quietUntil = -Infinity;
  private startWindows = kStartWindows;

  constructor(rate: number) {
    this.max = Math.round((kLeadMaxMs / 1000) * rate);
    this.spare = Math.round((kSpareMs / 1000) * rate);
    this.start = Math.round((kStartMs / 1000) * rate);
    this.lead = this.start;
  }

  get frames(): number {
    return this.lead;
  }

  /** The sound card was stopped, and nothing is known about what comes next. */
  restart(): void {
    this.lead = Math.max(this.lead, this.start);
    this.startWindows = kStartWindows;
    this.windowEnd = -Infinity;
  }

  observe(conditions: LeadConditions, now: number): void {
    const floor = this.spare;
    const missed = conditions.missing - this.missing;
    this.missing = conditions.missing;
    if (missed > 0) {
      // What was missing, or a quantum if that is less; not more at once, since a suspended machine misses seconds.
      const step = Math.min(Math.max(missed, conditions.quantum), 4 * conditions.quantum);
      this.lead = Math.min(Math.max(this.lead, floor) + step, this.max);
      if (this.startWindows === 0) this.quietUntil = now + kPatienceMs; // starting is rough, and tells little
      this.startWindow(now);
      return;
    }
    this.windowLow = Math.min(this.windowLow, conditions.lowWater);
    if (this.windowEnd === -Infinity) this.startWindow(now);
    if (now < this.windowEnd) return;
    const surplus = this.windowLow - this.spare;
    if (Number.isFinite(surplus) && surplus > 0 && now >= this.quietUntil) {
      const step = this.startWindows > 0 ? surplus : Math.min(Math.ceil(surplus / 2), 2 * conditions.quantum);
      this.lead = Math.max(floor, this.lead - step);
    }
    if (this.startWindows > 0) this.startWindows -= 1;
    this.startWindow(now);
  }

  private startWindow(now: number): void {
    this.windowLow = Infinity;
    this.windowEnd = now + (this.startWindows > 0 ? kStartWindowMs : kWindowMs);
  }
}
