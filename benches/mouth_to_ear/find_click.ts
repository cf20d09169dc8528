// Where a click is in a recording: the best place of a matched filter, refined between samples.

export interface Found {
  at: number; // samples from the start of the recording to the click's start
  likeness: number; // 0 … 1: normalised correlation there
}

export function findClick(recording: Float32Array, click: Float32Array): Found {
  let clickEnergy = 0;
  for (const sample of click) clickEnergy += sample * sample;
  const places = recording.length - click.length + 1;
  let best = -1;
  let most = 0;
  let likeness = 0;
  for (let at = 0; at < places; at++) {
    const sum = correlationAt(recording, click, at);
    if (Math.abs(sum) <= most) continue;
    most = Math.abs(sum);
    best = at;
    let energy = 0;
    for (let i = 0; i < click.length; i++) energy += (recording[at + i] ?? 0) ** 2;
    likeness = most / Math.sqrt(clickEnergy * energy + 1e-20);
  }
  if (best < 0) return { at: 0, likeness: 0 };
  return { at: best + vertex(recording, click, best), likeness };
}

function correlationAt(recording: Float32Array, click: Float32Array, at: number): number {
  let sum = 0;
  for (let i = 0; i < click.length; i++) sum += (recording[at + i] ?? 0) * (click[i] ?? 0);
  return sum;
}

/** Of the parabola through the greatest value and its neighbours; −0.5 … 0.5. */
function vertex(recording: Float32Array, click: Float32Array, at: number): number {
  const [before, here, after] = [at - 1, at, at + 1].map((place) => Math.abs(correlationAt(recording, click, place))) as [number, number, number];
  const bend = before - 2 * here + after;
  return bend < 0 ? Math.max(-0.5, Math.min(0.5, (before - after) / (2 * bend))) : 0;
}
