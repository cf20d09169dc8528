// Whose tree to show when "whoever speaks now" is asked for. Stays with a speaker through their pauses, and through what
// others throw in. Pure.

const kPauseMs = 1500;  // guess: a breath, a thought; after it the word is free

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
