// One problem in plain words: what is the matter, what to do, and buttons for it.
import '@awesome.me/webawesome/dist/components/callout/callout.js';
import { html, nothing, type TemplateResult } from 'lit';
import { text } from '../text.ts';
import { icons } from './icons.ts';

export interface ProblemBox {
  readonly testId: string;
  readonly title: string;
  readonly body: string | TemplateResult;
  readonly steps?: readonly string[];
  readonly actions?: TemplateResult | typeof nothing | undefined;
  readonly areStepsFolded?: boolean;  // where people stand below it
  readonly isAlert?: boolean;  // read aloud when it appears; not where the text counts down
}

export function problemBox(box: ProblemBox): TemplateResult {
  const { testId, title, body, steps = [], actions = nothing, areStepsFolded = false, isAlert = true } = box;
  const list = html`<ul>${steps.map((step) => html`<li>${step}</li>`)}</ul>`;
  return html`
    <wa-callout class="problem" variant="warning" data-testid=${testId} role=${isAlert ? 'alert' : 'group'}>
      <span slot="icon">${icons.warning}</span>
      <strong class="problem-title">${title}</strong>
      <div class="problem-body">${body}</div>
      ${steps.length === 0 ? nothing : areStepsFolded
        ? html`<details class="problem-steps"><summary>${text.problem.whatToDo}</summary>${list}</details>` : list}
      ${actions === nothing ? nothing : html`<div class="problem-actions">${actions}</div>`}
    </wa-callout>`;
}
