// "Who carries whose voice": one person's tree as a drawing and as text, and one person's links.
import type { PictureTree, RoomPicture } from '@grove/client';
import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, queryAll } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RoomView } from '../state/session.ts';
import { type LinkRow, type LinkTable } from '../state/link_table.ts';
import { speakDelay, summarise, treeWords, whoseVoice, type WordsOfBranch } from '../state/tree_words.ts';
import { type Choice, kEverybody, kFollow, TreesView } from '../state/trees_view.ts';
import { namesOf, type VoiceTree } from '../state/voice_tree.ts';
import { text } from '../text.ts';
import { icons } from './icons.ts';
import { LightElement } from './light_element.ts';
import './tree_drawing.ts';
import type { TreeDrawing } from './tree_drawing.ts';

const kWide = '(min-width: 1100px)';  // as in trees.css

@customElement('grove-trees')
export class TreesPanel extends LightElement {
  @property({ attribute: false }) room!: RoomView;
  @queryAll('grove-tree') private drawings!: NodeListOf<TreeDrawing>;
  private readonly view = new TreesView();
  private areLinksOpen = false;  // at first
  private endWatch = (): void => {};

  override connectedCallback(): void {
    super.connectedCallback();
    this.endWatch = this.room.watchTrees((picture) => {
      // Beside a star on a wide screen the links have a place of their own.
      if (!this.view.picture) this.areLinksOpen = matchMedia(kWide).matches && picture.trees.every(isStar);
      this.view.show(picture);
      this.requestUpdate();
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.endWatch();
  }

  // The levels changed: about 15 times a second.
  paint(): void {
    const speaking = this.speaking();
    if (this.view.hear(speaking, performance.now())) this.requestUpdate();
    for (const drawing of this.drawings) {
      const { id } = drawing.tree.root;
      drawing.paint(speaking.includes(id) || this.view.isLive(id));
    }
  }

  protected override render(): TemplateResult {
    const { view } = this;
    return html`
      <section class="trees" data-testid="trees" aria-labelledby="trees-title" @keydown=${this.handleKey}>
        <header class="trees-head">
          <h2 id="trees-title" tabindex="-1">${text.trees.title}</h2>
          <button type="button" class="quiet-button" data-testid="trees-close" aria-label=${text.trees.close} title=${text.trees.close}
            @click=${this.close}>${icons.close}</button>
        </header>
        ${view.picture ? this.renderPicture(view.picture) : html`<p class="hint">${text.trees.looking}</p>`}
      </section>`;
  }

  private renderPicture({ pullsOpen }: RoomPicture): TemplateResult {
    const { view } = this;
    const trees = view.sources.map((source) => ({ source, tree: view.treeOf(source) }));
    return html`
      ${this.renderControls()}
      <div class="trees-body" data-shallow=${trees.every(({ tree }) => tree?.direct === tree?.listeners)}>
        <div class="tree-parts">
          ${repeat(trees, ({ source }) => source, ({ source, tree }) => this.renderTree(source, tree))}
          <p class="hint" aria-hidden="true">${text.trees.legend} ${view.areGuardiansShown ? text.trees.guardiansHint : nothing}</p>
          ${pullsOpen > 0 ? html`<p class="hint">${text.trees.pulls(pullsOpen)}</p>` : nothing}
        </div>
        ${this.renderLinks()}
      </div>`;
  }

  private renderControls(): TemplateResult {
    const { view } = this;
    const speaking = new Set(this.speaking());
    const name = ({ isMe, name, id }: Choice): string => {
      const shown = isMe ? text.trees.youTitle : name;
      return speaking.has(id) ? text.trees.speaking(shown) : shown;
    };
    return html`
      <div class="trees-controls">
        <label class="trees-choice"><span>${text.trees.choose}</span>
          <select data-testid="trees-source" @change=${(event: Event) => this.choose((event.target as HTMLSelectElement).value)}>
            <option value=${kFollow} ?selected=${view.choice === kFollow}>${text.trees.now}</option>
            <option value=${kEverybody} ?selected=${view.choice === kEverybody}>${text.trees.everybody}</option>
            ${repeat(view.choices, ({ id }) => id, (choice) => html`
              <option value=${choice.id} ?selected=${view.choice === choice.id}>${name(choice)}</option>`)}
          </select>
        </label>
        <button type="button" class="button small" aria-pressed=${view.areGuardiansShown} title=${text.trees.guardiansHint}
          data-testid="trees-guardians" @click=${() => this.toggleGuardians()}>${text.trees.guardians}</button>
        <button type="button" class="button small" aria-pressed=${view.isTextShown} data-testid="trees-text"
          @click=${() => this.toggleText()}>${text.trees.asText}</button>
      </div>`;
  }

  private renderTree(source: string, tree: VoiceTree | null): TemplateResult {
    const { view } = this;
    if (!tree) return html`<p class="trees-summary" data-testid="trees-summary">${text.trees.unplanned(whoseVoice(view.named(source)))}</p>`;
    const guardianNames = view.areGuardiansShown && view.picture ? namesOf(view.picture) : null;
    return html`
      <div class="tree-part">
        <p class="trees-summary" data-testid="trees-summary">${summarise(tree)}</p>
        <div class="tree-frame">
          <grove-tree .tree=${tree} .areGuardiansShown=${view.areGuardiansShown} .selected=${view.linksOf}
            @grove-select=${(event: CustomEvent<string>) => this.chooseLinks(event.detail)}></grove-tree>
        </div>
        <div class=${view.isTextShown ? 'tree-words' : 'tree-words visually-hidden'} data-testid="trees-words">
          <h3>${whoseVoice(tree.root)}: ${tree.isLive ? text.trees.live : text.trees.resting}</h3>
          ${this.renderWords(treeWords(tree.root, guardianNames))}
        </div>
      </div>`;
  }

  private renderWords(list: readonly WordsOfBranch[]): TemplateResult {
    return html`<ul>${repeat(list, ({ id }) => id, ({ words, onwards }) => html`
      <li>${words}${onwards.length > 0 ? this.renderWords(onwards) : nothing}</li>`)}</ul>`;
  }

  private renderLinks(): TemplateResult | typeof nothing {
    const { links } = this.view;
    if (!links) return nothing;
    const { rows, slowest, lossiest } = links;
    const parts = [text.trees.linkCount(rows.length)];
    if (slowest) parts.push(text.trees.slowest(slowest.name, speakDelay(slowest.oneWayMs)));
    if (lossiest) parts.push(text.trees.lossiest(lossiest.name, lossiest.lossPercent));
    const whose = this.view.choices.find(({ id }) => id === this.view.linksOf);
    const title = whose?.isMe === false ? text.trees.linksOf(whose.name) : text.trees.yourLinks;
    return html`
      <details class="links" data-testid="trees-links" ?open=${this.areLinksOpen}>
        <summary><span>${title}<small>${parts.join(', ')}</small></span>${icons.more}</summary>
        ${this.renderLinkTable(links, title)}
      </details>`;
  }

  private renderLinkTable({ rows, about }: LinkTable, title: string): TemplateResult {
    return html`
      <label class="trees-choice"><span>${text.trees.links}</span>
        <select data-testid="trees-links-of" @change=${(event: Event) => this.chooseLinks((event.target as HTMLSelectElement).value)}>
          ${repeat(this.view.choices, ({ id }) => id, ({ id, isMe, name }) => html`
            <option value=${id} ?selected=${this.view.linksOf === id}>${isMe ? text.trees.youTitle : name}</option>`)}
        </select>
      </label>
      <p class="hint">${about}</p>
      <table>
        <caption class="visually-hidden">${title}</caption>
        <thead><tr>
          <th scope="col">${text.trees.to}</th><th scope="col" class="number">${text.trees.oneWay}</th>
          <th scope="col" class="number">${text.trees.lost}</th><th scope="col">${text.trees.carries}</th>
        </tr></thead>
        <tbody>${repeat(rows, ({ id }) => id, (row) => this.renderLink(row))}</tbody>
      </table>`;
  }

  private renderLink({ id, name, oneWayMs, lossPercent, sends, gets }: LinkRow): TemplateResult {
    const carried = (words: string, spoken: string): TemplateResult =>
      html`<span class="carried"><span aria-hidden="true">${words}</span><span class="visually-hidden">${spoken}</span></span>`;
    return html`
      <tr>
        <th scope="row"><bdi>${id === this.view.picture?.me ? text.trees.youTitle : name}</bdi></th>
        <td class="number">${speakDelay(oneWayMs)}</td>
        <td class="number" data-lossy=${lossPercent > 0}>${text.trees.percent(lossPercent)}</td>
        <td>${sends.map((whose) => carried(text.trees.sends(whose), text.trees.spokenSends(whose)))}
          ${gets.map((whose) => carried(text.trees.gets(whose), text.trees.spokenGets(whose)))}</td>
      </tr>`;
  }

  // Others before me: whoever asks wants to know whom they hear.
  private speaking(): string[] {
    const { me, peers } = this.room;
    const others = [...peers.values()].filter(({ speaking }) => speaking).map(({ id }) => id);
    return me.speaking && !me.muted ? [...others, me.id] : others;
  }

  private readonly close = (): void => void this.dispatchEvent(new CustomEvent('grove-close'));

  private readonly handleKey = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.close();
  };

  private choose(id: string): void {
    this.view.choose(id);
    this.requestUpdate();
  }

  private chooseLinks(id: string): void {
    this.view.chooseLinks(id);
    this.requestUpdate();
  }

  private toggleGuardians(): void {
    this.view.areGuardiansShown = !this.view.areGuardiansShown;
    this.requestUpdate();
  }

  private toggleText(): void {
    this.view.isTextShown = !this.view.isTextShown;
    this.requestUpdate();
  }
}

function isStar({ source, seats }: PictureTree): boolean {
  return seats.every(({ parent }) => parent === source);
}
