// A tree as a drawing: lines, and people on them. For the eye alone; the panel says the same in words beside it.
import { html, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { bareName } from '../state/plain_name.ts';
import { hue, initials } from '../state/portrait.ts';
import { type DrawnLine, layOut, type PlacedBranch, type TreeLayout } from '../state/tree_layout.ts';
import { speakDelay, speakFigures } from '../state/tree_words.ts';
import { type VoiceTree, wayTo } from '../state/voice_tree.ts';
import { text } from '../text.ts';
import { LightElement } from './light_element.ts';
import { setData } from './portrait.ts';

const kMany = 16;  // lines: beyond, thinner ones

const kPaintsAStep = 2;
const kStep = 4;     // units of the drawing: 30 a second
const kDashes = 12;  // trees.css
const kStill = matchMedia('(prefers-reduced-motion: reduce)');

@customElement('grove-tree')
export class TreeDrawing extends LightElement {
  @property({ attribute: false }) tree!: VoiceTree;
  @property({ attribute: false }) areGuardiansShown = false;
  @property({ attribute: false }) selected = '';  // whose way through the tree stands out
  private paints = 0;
  private walked = 0;
  @state() private room = 0;  // pixels
  private readonly observer = new ResizeObserver(([entry]) => { if (entry) this.room = Math.floor(entry.contentRect.width); });

  override connectedCallback(): void {
    super.connectedCallback();
    this.ariaHidden = 'true';
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  // About 15 times a second: no rendering. The dashes of a voice on its way walk in steps, every other time: an animation
  // of CSS's would paint thirty lines 60 times a second.
  paint(isSpeaking: boolean): void {
    setData(this, 'live', String(isSpeaking));
    if (!isSpeaking || kStill.matches || ++this.paints % kPaintsAStep !== 0) return;
    this.walked = (this.walked + kStep) % kDashes;
    const lines = this.querySelector<SVGElement>('svg');
    if (lines) lines.style.strokeDashoffset = String(-this.walked);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.room === 0) return nothing;
    const layout = layOut(this.tree.root, this.room);
    const way = new Set(wayTo(this.tree.root, this.selected));
    const { width, height } = layout;
    return html`
      <div class="tree-canvas" data-kind=${layout.kind} data-many=${layout.edges.length > kMany} style="width: ${width}px; height: ${height}px">
        <svg width=${width} height=${height} viewBox="0 0 ${width} ${height}">
          ${repeat(steady(layout.edges), keyOf, (line) => svg`<path class="edge" d=${line.path} />`)}
          ${repeat(steady(layout.edges.filter(({ to }) => way.has(to))), keyOf, (line) => svg`<path class="edge on-way" d=${line.path} />`)}
          ${this.areGuardiansShown ? repeat(steady(layout.guardians), keyOf, (line) => svg`
            <path class=${[line.from, line.to].includes(this.selected) ? 'guardian mine' : 'guardian'} d=${line.path} />`) : nothing}
        </svg>
        ${repeat(steadyNodes(layout), ({ branch }) => branch.id, (node) => this.renderNode(node, way, layout))}
      </div>`;
  }

  private renderNode({ branch, x, y, width }: PlacedBranch, way: ReadonlySet<string>, { kind, nodes }: TreeLayout): TemplateResult {
    const name = branch.isMe ? text.trees.youTitle : branch.name;
    const isSource = branch.parent === null;
    const guardian = kind === 'indented' && this.areGuardiansShown
      ? nodes.find((node) => node.branch.id === branch.guardian)?.branch : undefined;
    const whole = isSource ? name : `${name}: ${speakFigures(branch)}`
      + (branch.depth > 1 && branch.totalMs !== null ? ` (${text.trees.inAll(speakDelay(branch.totalMs))})` : '');
    return html`
      <div class="tree-node" data-id=${branch.id} data-source=${isSource} data-carrier=${branch.children.length > 0}
        data-on-way=${way.has(branch.id)} data-lossy=${branch.lossPercent > 0} title=${whole}
        style="width: ${width}px; transform: translate(${x}px, ${y}px)" @click=${() => this.select(branch.id)}>
        ${disc(branch.id, branch.name, 'disc')}
        <bdi class="tree-name">${name}</bdi>
        ${guardian ? disc(guardian.id, guardian.name, 'disc guard') : nothing}
        ${isSource ? nothing : html`<span class="figures">${speakFigures(branch)}</span>`}
      </div>`;
  }

  private select(id: string): void {
    this.dispatchEvent(new CustomEvent<string>('grove-select', { detail: id }));
  }
}

function disc(id: string, name: string, kind: string): TemplateResult {
  return html`<span class=${kind} style="--hue: ${hue(id)}">${initials(bareName(name))}</span>`;
}

// In an order of their own: an element that changes its place in the document jumps on the screen instead of gliding.
function steady(lines: readonly DrawnLine[]): DrawnLine[] {
  return [...lines].sort((one, other) => (one.to < other.to ? -1 : 1));
}

function steadyNodes({ nodes }: TreeLayout): PlacedBranch[] {
  return [...nodes].sort((one, other) => (one.branch.id < other.branch.id ? -1 : 1));
}

// Everybody has one line at most: with another parent it swings over.
function keyOf({ to }: DrawnLine): string {
  return to;
}
