// Somebody talks into a muted microphone: tell them, but not for a cough.
const kTalkingDbfs = -38;      // clear speech at arm's length; guess
const kLevelsUntilTold = 12;   // at about 15 a second: most of a second of speech
const kLevelsToldFor = 45;     // three seconds to read

export class MutedTalk {
  private heard = 0;
  private toldFor = 0;

  // One level of the microphone. True while the hint should be seen.
  push(dbfs: number, isMuted: boolean): boolean {
    if (!isMuted) {
      this.heard = this.toldFor = 0;
      return false;
    }
    this.heard = Math.max(0, Math.min(this.heard + (dbfs > kTalkingDbfs ? 1 : -0.5), kLevelsUntilTold));
    if (this.heard >= kLevelsUntilTold) this.toldFor = kLevelsToldFor;
    return this.toldFor-- > 0;
  }
}
