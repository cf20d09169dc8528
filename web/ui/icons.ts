// Our own few icons, drawn on a 24-unit square with one stroke. Decorative: the control beside them has the words.
import { svg, html, type SVGTemplateResult, type TemplateResult } from 'lit';

const icon = (paths: SVGTemplateResult): TemplateResult =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">${paths}</svg>`;

const slash = svg`<path d="M4 4l16 16"/>`;
const microphoneBody = svg`<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>`;
const speakerBody = svg`<path d="M4 9.5v5h3.5L12 18.5v-13L7.5 9.5z"/>`;

export const icons = {
  microphone: icon(microphoneBody),
  microphoneOff: icon(svg`${microphoneBody}${slash}`),
  speaker: icon(svg`${speakerBody}<path d="M15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>`),
  speakerOff: icon(svg`${speakerBody}<path d="M16 9.5l5 5M21 9.5l-5 5"/>`),
  more: icon(svg`<path d="M6 10l6 6 6-6"/>`),
  link: icon(svg`<path d="M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1"/>`),
  done: icon(svg`<path d="M5 12.5l4.5 4.5L19 7.5"/>`),
  leave: icon(svg`<path d="M13 4H6v16h7M10.5 12H20M16.5 8.5L20 12l-3.5 3.5"/>`),
  settings: icon(svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9"/><circle cx="15" cy="7" r="2"/><circle cx="9" cy="17" r="2"/>`),
  trees: icon(svg`<circle cx="5" cy="12" r="2.2"/><circle cx="18.5" cy="5" r="2.2"/><circle cx="18.5" cy="12" r="2.2"/><circle cx="18.5" cy="19" r="2.2"/><path d="M7.2 12h9.1M7 11c4-.5 4.5-6 9.3-6M7 13c4 .5 4.5 6 9.3 6"/>`),
  chat: icon(svg`<path d="M4 5.5h16v11h-9L6.5 20.5v-4H4zM8 9.5h8M8 12.8h5"/>`),
  send: icon(svg`<path d="M4.5 12L4 4.5 21 12 4 19.5z M4.5 12H12"/>`),
  block: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M6 6l12 12"/>`),
  close: icon(svg`<path d="M6 6l12 12M18 6L6 18"/>`),
  warning: icon(svg`<path d="M12 4L3 19.5h18zM12 10v4.5M12 17v.2"/>`),
  note: icon(svg`<circle cx="12" cy="12" r="8.5"/><path d="M12 11.5V16M12 8v.2"/>`),
};
