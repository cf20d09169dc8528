// A dialog for use during a call: the microphone, and whom you block.
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { LiveMicrophone, MicrophoneCheck } from '../state/microphone_check.ts';
import type { RoomView } from '../state/session.ts';
import { text } from '../text.ts';
import './blocked_list.ts';
import { LightElement } from './light_element.ts';
import './microphone_panel.ts';

@customElement('grove-sound-settings')
export class SoundSettings extends LightElement {
  @property({ attribute: false }) room!: RoomView;
  @property({ attribute: false }) check!: MicrophoneCheck<LiveMicrophone>;

  protected override render(): TemplateResult {
    return html`
      <wa-dialog class="settings" label=${text.room.settingsTitle} without-header open light-dismiss
        @wa-after-hide=${(event: Event) => this.close(event)}>
        <h2>${text.room.settingsTitle}</h2>
        <grove-microphone inCall .check=${this.check}></grove-microphone>
        <grove-blocked .room=${this.room}></grove-blocked>
        <button type="button" slot="footer" class="button brand" data-dialog="close">${text.room.close}</button>
      </wa-dialog>`;
  }

  private close(event: Event): void {
    if (event.target === this.querySelector('wa-dialog')) this.dispatchEvent(new CustomEvent('grove-close'));
  }
}
