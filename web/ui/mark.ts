// Grove's mark: trees that are also the bars of a level meter. The favicon in public/ is the same drawing.
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

export const mark: TemplateResult = html`
  <svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
    <rect class="mark-ground" width="48" height="48" rx="13" />
    <g class="mark-stems"><path d="M12.5 28v10M24 28v12M35.5 30v8" /></g>
    <rect class="mark-leaf a" x="8" y="18" width="9" height="15" rx="4.5" />
    <rect class="mark-leaf b" x="19.5" y="8" width="9" height="26" rx="4.5" />
    <rect class="mark-leaf c" x="31" y="22" width="9" height="11" rx="4.5" />
  </svg>`;

// Heights in units of the drawing. Chosen by eye to read as a wood and as a stretch of speech.
const kFar = [38, 52, 64, 47, 70, 88, 61, 43, 55, 79, 96, 72, 50, 41, 66, 84, 58, 46, 75, 102, 80, 54, 44, 62, 90, 68, 49,
  57, 82, 60];
const kNear = [34, 48, 40, 33, 60, 42, 36, 52, 38, 32, 44, 66, 50, 35, 40, 56, 37, 46, 33, 54];

const trees = (heights: readonly number[], step: number, width: number): SVGTemplateResult[] =>
  heights.map((height, index) => {
    const x = index * step + (step - width) / 2;
    return svg`<rect x=${x} y=${140 - height - 14} width=${width} height=${height} rx=${width / 2} />
      <rect x=${x + width / 2 - 1.5} y="118" width="3" height="22" />` ;
  });

export const horizon: TemplateResult = html`
  <svg class="horizon" viewBox="0 0 1200 140" preserveAspectRatio="xMidYMax slice" aria-hidden="true" focusable="false">
    <g class="far">${trees(kFar, 40, 24)}</g>
    <g class="near">${trees(kNear, 60, 30)}</g>
  </svg>`;
