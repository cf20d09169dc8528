// Where everybody in a tree is drawn: in layers from left to right where there is room, indented on a phone. Pure.
import { type Branch, branchesOf } from './voice_tree.ts';

export interface PlacedBranch {
  readonly branch: Branch;
  readonly x: number;  // of the left end
  readonly y: number;  // of the middle
  readonly width: number;
}

export interface DrawnLine {
  readonly from: string;
  readonly to: string;
  readonly path: string;  // an SVG path
}

export interface TreeLayout {
  readonly kind: 'layered' | 'indented';
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedBranch[];
  readonly edges: readonly DrawnLine[];      // parent to child
  readonly guardians: readonly DrawnLine[];  // guardian to ward; none where lines would run through the names
}

// Pixels, chosen by eye.
const kPhoneWidth = 560;
const kRow = 34;
const kTightRow = 27;         // from here on:
const kManyRows = 18;
const kNameWidth = { min: 104, max: 172 };
const kGap = { min: 112, max: 190 };  // between layers: a bend, and "123 ms · 12 %"
const kLabelWidth = 86;       // the straight end of an edge, on which its figures stand
const kIndent = 20;
const kIndentAllMax = 130;    // however deep the tree: names need the rest
const kDisc = 11;             // from a row's left end to the middle of its disc
const kBulge = 36;            // how far a guardian's line swings out; kept free at the right

export function layOut(root: Branch, width: number): TreeLayout {
  return width < kPhoneWidth ? layOutIndented(root, width) : layOutLayered(root, width);
}

function layOutLayered(root: Branch, room: number): TreeLayout {
  const layers = 1 + Math.max(...branchesOf(root).map(({ depth }) => depth));
  const free = room - kBulge;
  const nameWidth = clamp((free - (layers - 1) * kGap.min) / layers, kNameWidth);
  const gap = layers > 1 ? clamp((free - layers * nameWidth) / (layers - 1), kGap) : 0;
  const rows = leafCount(root);
  const row = rows > kManyRows ? kTightRow : kRow;
  const nodes: PlacedBranch[] = [];
  let next = 0;
  const place = (branch: Branch): number => {
    const children = branch.children.map(place);
    const [first, last] = [children[0], children.at(-1)];
    const y = first === undefined || last === undefined ? (next++ + 0.5) * row : (first + last) / 2;
    nodes.push({ branch, x: branch.depth * (nameWidth + gap), y, width: nameWidth });
    return y;
  };
  place(root);
  const edges = connect(nodes, (from, to) => {
    const [start, end] = [from.x + from.width, to.x - 4];
    const bend = (end - kLabelWidth - start) / 2;
    return `M${at(start, from.y)}C${at(start + bend, from.y)} ${at(start + bend, to.y)} ${at(end - kLabelWidth, to.y)}H${round(end)}`;
  }, ({ parent }) => parent);
  return {
    edges, kind: 'layered', nodes: inTreeOrder(root, nodes), height: rows * row, width: layers * nameWidth + (layers - 1) * gap + kBulge,
    guardians: connect(nodes, (from, to) => {
      const [start, end] = [from.x + from.width, to.x + to.width];
      const out = Math.max(start, end) + kBulge + 10;  // of the bend's handles, which it does not reach
      return `M${at(start, from.y)}C${at(out, from.y)} ${at(out, to.y)} ${at(end, to.y)}`;
    }, ({ guardian }) => guardian),
  };
}

function layOutIndented(root: Branch, room: number): TreeLayout {
  const branches = branchesOf(root);
  const deepest = Math.max(...branches.map(({ depth }) => depth));
  const indent = Math.min(kIndent, kIndentAllMax / Math.max(deepest, 1));
  const nodes = branches.map((branch, row): PlacedBranch => {
    const x = branch.depth * indent;
    return { branch, x, y: (row + 0.5) * kRow, width: room - x };
  });
  const edges = connect(nodes, (from, to) => {
    const x = from.x + kDisc;
    return `M${at(x, from.y)}V${round(to.y - 6)}Q${at(x, to.y)} ${at(Math.min(x + 6, to.x + kDisc), to.y)}H${round(to.x + kDisc)}`;
  }, ({ parent }) => parent);
  return { edges, kind: 'indented', nodes, guardians: [], height: nodes.length * kRow, width: room };
}

type Draw = (from: PlacedBranch, to: PlacedBranch) => string;

function connect(nodes: readonly PlacedBranch[], draw: Draw, fromOf: (branch: Branch) => string | null): DrawnLine[] {
  const placeOf = new Map(nodes.map((node) => [node.branch.id, node]));
  return nodes.flatMap((to) => {
    const from = placeOf.get(fromOf(to.branch) ?? '');
    return from ? [{ from: from.branch.id, to: to.branch.id, path: draw(from, to) }] : [];
  });
}

function inTreeOrder(root: Branch, nodes: readonly PlacedBranch[]): PlacedBranch[] {
  const placeOf = new Map(nodes.map((node) => [node.branch.id, node]));
  return branchesOf(root).flatMap(({ id }) => placeOf.get(id) ?? []);
}

function leafCount({ children }: Branch): number {
  return children.length === 0 ? 1 : children.reduce((sum, child) => sum + leafCount(child), 0);
}

function clamp(value: number, { min, max }: { min: number; max: number }): number {
  return Math.min(Math.max(value, min), max);
}

function at(x: number, y: number): string {
  return `${round(x)} ${round(y)}`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
