// Whose trees to show when nobody in particular is asked for. Pure.

const kPauseMs = 1500;  // guess: a breath, a thought; after it the word is free

// Stays with a speaker through their pauses, and through what others throw in.
export class SpeakerFollow {
  private current: string | null = null;
  private heardAt = -Infinity;

  // Null until somebody has spoken.
  update(speaking: readonly string[], nowMs: number): string | null {
    const goesOn = this.current !== null && speaking.includes(this.current);
    if (goesOn) {
      this.heardAt = nowMs;
    } else if (speaking[0] !== undefined && nowMs - this.heardAt > kPauseMs) {
      this.current = speaking[0];
      this.heardAt = nowMs;
    }
    return this.current;
  }

  forget(id: string): void {
    if (this.current !== id) return;
    this.current = null;
    this.heardAt = -Infinity;
  }
}

const kRecentMs = 5000;     // guess: who takes part in what is being said just now
export const kRecentMax = 3;  // about as many speak at once (DESIGN.md §4), and as many drawings fit

// Who takes part in what is being said, in the order in which they came into it.
export class RecentSpeakers {
  private readonly heardAt = new Map<string, number>();

  update(speaking: readonly string[], nowMs: number): string[] {
    for (const [id, heard] of this.heardAt) if (nowMs - heard > kRecentMs) this.heardAt.delete(id);
    for (const id of speaking) {
      if (this.heardAt.has(id) || this.heardAt.size < kRecentMax) this.heardAt.set(id, nowMs);
    }
    return [...this.heardAt.keys()];
  }
}
