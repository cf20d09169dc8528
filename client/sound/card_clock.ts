// When the sound card will want which frame. It reads in bursts (an irregular 3 or 4 quanta each 10 ms, or 8 each 21 ms), so
// whoever refills right after a burst lets the samples age until the next. But no burst reads a frame earlier than a
// straight line through the earliest reads says; written along that line, a frame comes just in time:
//
//   frames read          ┌──        line: earliest reads
//     │          ┌───────┘/
//     │  ┌───────┘  /
//     └──┘──/─────────────────> time
//
// It observes and tells only; LeadPolicy says how far above the line to stay.

const kWindowMs = 2000; // guess: clocks drift apart 0.1 ms in that time at 50 ppm; a dozen of the largest bursts
const kStallMs = 250; // no sound card's buffer is that long: it was stopped

export class CardClock {
  private earliest = Infinity; // ms, of frame 0, in this window and
  private earliestBefore = Infinity; // in the one before
  private windowEnd = -Infinity;
  private read = 0;
  private readAt = -Infinity;

  constructor(private readonly rate: number) {}

  /** Whether due() means something: the card was seen to read lately. */
  get running(): boolean {
    return this.earliestFrame0 < Infinity;
  }

  /** @param read frames since the start; looked at after `now` was, never before */
  observe(read: number, now: number): void {
    if (read === this.read) {
      if (now - this.readAt > kStallMs) this.earliest = this.earliestBefore = Infinity;
      return;
    }
    this.read = read;
    this.readAt = now;
    if (now >= this.windowEnd) {
      this.earliestBefore = this.earliest;
      this.earliest = Infinity;
      this.windowEnd = now + kWindowMs;
    }
    this.earliest = Math.min(this.earliest, now - (read / this.rate) * 1000);
  }

  /** How many frames since the start the card may have read by then, at most. */
  due(now: number): number {
    return ((now - this.earliestFrame0) / 1000) * this.rate;
  }

  /** When that many are due. */
  timeOf(frames: number): number {
    return this.earliestFrame0 + (frames / this.rate) * 1000;
  }

  private get earliestFrame0(): number {
    return Math.min(this.earliest, this.earliestBefore);
  }
}
