// A row of trees that grow with the voice: the level of the last moments, newest at the right.
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { LevelHistory, meterFraction } from '../state/level.ts';
import { text } from '../text.ts';
import { LightElement } from './light_element.ts';

const kTrees = 28;
const kFlatDbfs = -99;     // digital silence: the browser waits for a gesture, or the device is switched off
const kFlatAfter = 20;     // paints; more than a second
const kPeriodMs = 66;  // as often as the client tells levels, about 15 a second

@customElement('grove-meter')
export class Meter extends LightElement {
  @property({ attribute: false }) source: (() => number) | null = null;
  private readonly history = new LevelHistory(kTrees);
  private bars: HTMLElement[] = [];
  private timer = 0;
  private flatFor = 0;

  override connectedCallback(): void {
    super.connectedCallback();
    this.role = 'meter';
    this.ariaLabel = text.start.level;
    this.ariaValueMin = '0';
    this.ariaValueMax = '100';
    this.ariaValueNow = '0';
    this.timer = window.setInterval(() => this.paint(), kPeriodMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.clearInterval(this.timer);
  }

  protected override render(): TemplateResult {
    return html`${Array.from({ length: kTrees }, () => html`<i></i>`)}`;
  }

  protected override firstUpdated(): void {
    this.bars = [...this.querySelectorAll('i')];
  }

  private paint(): void {
    const level = this.source?.() ?? -Infinity;
    this.history.push(level);
    this.flatFor = level > kFlatDbfs ? 0 : this.flatFor + 1;
    this.toggleAttribute('data-flat', this.flatFor > kFlatAfter);  // CSS then shows other advice beside it
    this.ariaValueNow = String(Math.round(meterFraction(level) * 100));
    this.bars.forEach((bar, index) => bar.style.setProperty('--level', this.history.at(index).toFixed(3)));
  }
}
