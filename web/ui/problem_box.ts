// One problem in plain words: what is the matter, what to do, and buttons for it.
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import { html, nothing, type TemplateResult } from 'lit';
import { icons } from './icons.ts';

export interface ProblemBox {
  readonly testId: string;
  readonly title: string;
  readonly body: string | TemplateResult;
  readonly steps?: readonly string[];
  readonly actions?: TemplateResult | typeof nothing | undefined;
  readonly isAlert?: boolean;  // read aloud when it appears; not where the text counts down
}

export function problemBox({ testId, title, body, steps = [], actions = nothing, isAlert = true }: ProblemBox): TemplateResult {
  return html`
    <wa-callout class="problem" variant="warning" data-testid=${testId} role=${isAlert ? 'alert' : 'group'}>
      <span slot="icon">${icons.warning}</span>
      <strong class="problem-title">${title}</strong>
      <div class="problem-body">${body}</div>
      ${steps.length > 0 ? html`<ul>${steps.map((step) => html`<li>${step}</li>`)}</ul>` : nothing}
      ${actions === nothing ? nothing : html`<div class="problem-actions">${actions}</div>`}
    </wa-callout>`;
}
