// A person's round portrait: initials, a colour, and the ring that swells while they speak (CSS reads --level).
import { html, type TemplateResult } from 'lit';
import { meterFraction } from '../state/level.ts';
import { hue, initials } from '../state/portrait.ts';

export function portrait(id: string, name: string): TemplateResult {
  return html`<span class="portrait" style="--hue: ${hue(id)}" aria-hidden="true"><b>${initials(name)}</b></span>`;
}

// Sets what the ring shows without a render: called about 15 times a second for everybody.
export function paintLevel(card: HTMLElement, level: number, isSpeaking: boolean): void {
  setData(card, 'speaking', String(isSpeaking));
  const swing = isSpeaking ? meterFraction(level).toFixed(2) : '0';
  if (card.style.getPropertyValue('--level') !== swing) card.style.setProperty('--level', swing);
}

export function setData(element: HTMLElement, key: string, value: string): void {
  if (element.dataset[key] !== value) element.dataset[key] = value;
}
