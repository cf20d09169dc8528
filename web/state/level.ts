// From a level in dBFS to how far a meter swings.

const kFloorDbfs = -60;  // a quiet room behind a good microphone; guess
const kFullDbfs = -6;    // speech peaks here; the rest is for shouting; guess

export function meterFraction(dbfs: number): number {
  if (!(dbfs > kFloorDbfs)) return 0;
  return Math.min((dbfs - kFloorDbfs) / (kFullDbfs - kFloorDbfs), 1);
}

// The last levels, oldest first: what the row of trees on the start page shows.
export class LevelHistory {
  private readonly fractions: number[];
  private next = 0;

  constructor(readonly length: number) {
    this.fractions = new Array<number>(length).fill(0);
  }

  push(dbfs: number): void {
    this.fractions[this.next] = meterFraction(dbfs);
    this.next = (this.next + 1) % this.length;
  }

  // 0 is the oldest.
  at(index: number): number {
    return this.fractions[(this.next + index) % this.length] ?? 0;
  }
}
