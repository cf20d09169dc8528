import { LitElement } from 'lit';

// Our elements live in the light DOM: one style sheet, labels that reach their fields, and tests that find by selector.
export class LightElement extends LitElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }
}
