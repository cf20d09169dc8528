// A person's round portrait: initials, a colour, and a halo that swells while they speak.
import { html, type TemplateResult } from 'lit';
import { meterFraction } from '../state/level.ts';
import { hue, initials } from '../state/portrait.ts';

export function portrait(id: string, name: string): TemplateResult {
  return html`<span class="portrait" style="--hue: ${hue(id)}" aria-hidden="true"><i></i><b>${initials(name)}</b></span>`;
}

const kHaloSwing = 0.32;  // of the portrait's size, at full level

export function haloOf(card: HTMLElement): HTMLElement | null {
  return card.querySelector('.portrait i');
}

// Called about 15 times a second for everybody: no render, and one property of one element without children, because
// a custom property on the card would style the whole card anew.
export function paintHalo(halo: HTMLElement | null, level: number, isSpeaking: boolean): void {
  const scale = isSpeaking ? (1 + kHaloSwing * meterFraction(level)).toFixed(2) : '1';
  if (halo && halo.style.scale !== scale) halo.style.scale = scale;
}

export function setData(element: HTMLElement, key: string, value: string): void {
  if (element.dataset[key] !== value) element.dataset[key] = value;
}
