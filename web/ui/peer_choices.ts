// What you can do about somebody, each with the line that tells it from the others. Used by their card.
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { PeerView } from '../state/session.ts';
import { text } from '../text.ts';
import { icons } from './icons.ts';

// An event that asks the room page to block somebody.
export const kBlock = 'grove-block';
export type WhomToBlock = Pick<PeerView, 'id' | 'name'>;

export function choices(peer: PeerView, who: string, changed: () => void, block: () => void): TemplateResult {
  return html`
    <div class="choices">
      ${choice(text.block.mute, text.block.muteHint(who), 'mute-for-me', peer.silenced, (isOn) => { peer.silenced = isOn; changed(); })}
      ${blockChoice(who, 'block', block)}
    </div>`;
}

export function blockChoice(who: string, testId: string, block: () => void): TemplateResult {
  return html`
    <div class="choice-block">
      <button type="button" class="button small" data-testid=${testId} @click=${block}>${icons.block}<span>${text.block.block(who)}</span></button>
      <small>${text.block.blockHint(who)}</small>
    </div>`;
}

export function blockedChoices(peer: PeerView, who: string, changed: () => void): TemplateResult {
  return html`
    <div class="choices">
      ${choice(text.block.keep(who), text.block.keepHint(who), 'keep-voice', peer.keepVoiceFrom, (isOn) => { peer.keepVoiceFrom = isOn; changed(); })}
      <p class="hint">${text.block.hides(who)}</p>
    </div>`;
}

function choice(label: string, hint: string, testId: string, isOn: boolean, set: (isOn: boolean) => void): TemplateResult {
  return html`
    <label class="switch-row">
      <input type="checkbox" role="switch" data-testid=${testId} .checked=${live(isOn)}
        @change=${(event: Event) => set((event.target as HTMLInputElement).checked)} />
      <span>${label}<small>${hint}</small></span>
    </label>`;
}
