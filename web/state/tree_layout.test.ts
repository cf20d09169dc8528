import { describe, expect, it } from 'vitest';
import { syntheticRoom } from '../testing/synthetic_room.ts';
import { layOut, type TreeLayout } from './tree_layout.ts';
import { type Branch, voiceTree } from './voice_tree.ts';

const kNodeHeight = 24;  // trees.css

function tree(people: number, fanOut: number, seed = 1): Branch {
  const picture = syntheticRoom({ people, fanOut, live: 1, seed });
  return voiceTree(picture, picture.trees[0]?.source ?? '')?.root ?? expect.fail();
}

function overlaps({ nodes }: TreeLayout): number {
  let count = 0;
  nodes.forEach((one, i) => nodes.slice(i + 1).forEach((other) => {
    const apart = one.x + one.width <= other.x || other.x + other.width <= one.x || Math.abs(one.y - other.y) >= kNodeHeight;
    if (!apart) count++;
  }));
  return count;
}

describe.each([390, 820, 1300])('%i pixels wide', (width) => {
  it.each([[2, 1], [8, 7], [30, 2], [30, 4], [30, 8], [30, 29], [30, 1]])('%i_people_with_fan_out_%i_have_each_a_place_of_their_own', (people, fanOut) => {
    const layout = layOut(tree(people, fanOut), width);
    expect(layout.nodes).toHaveLength(people);
    expect(layout.edges).toHaveLength(people - 1);
    expect(overlaps(layout)).toBe(0);
    for (const { x, y, width: own } of layout.nodes) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x + own).toBeLessThanOrEqual(layout.width);
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(layout.height);
    }
  });

  it('thirty_people_fit_without_scrolling_sideways', () => {
    for (const fanOut of [4, 8, 29]) expect(layOut(tree(30, fanOut), width).width).toBeLessThanOrEqual(width);
  });
});

describe('layers', () => {
  it('stand_one_right_of_the_other_and_carriers_in_the_middle_of_theirs', () => {
    const { nodes, kind } = layOut(tree(30, 3), 1300);
    expect(kind).toBe('layered');
    const place = new Map(nodes.map((node) => [node.branch.id, node]));
    for (const { branch, x, y } of nodes) {
      const children = branch.children.map(({ id }) => place.get(id) ?? expect.fail());
      for (const child of children) expect(child.x).toBeGreaterThan(x);
      if (children.length === 0) continue;
      expect(y).toBeGreaterThanOrEqual(Math.min(...children.map((child) => child.y)));
      expect(y).toBeLessThanOrEqual(Math.max(...children.map((child) => child.y)));
    }
  });

  it('nobody_moves_when_only_figures_change', () => {
    const root = tree(30, 3);
    const slower = (branch: Branch): Branch => ({ ...branch, oneWayMs: 77, children: branch.children.map(slower) });
    const places = (from: Branch): unknown => layOut(from, 1000).nodes.map(({ branch, x, y }) => [branch.id, x, y]);
    expect(places(slower(root))).toEqual(places(root));
  });

  it('guardians_have_lines_where_these_do_not_cross_names', () => {
    expect(layOut(tree(30, 3), 1300).guardians.length).toBeGreaterThan(20);
    expect(layOut(tree(30, 3), 390).guardians).toEqual([]);
  });
});

describe('on a phone', () => {
  it('everybody_stands_right_below_whoever_carries_for_them', () => {
    const { nodes, kind } = layOut(tree(30, 2), 390);
    expect(kind).toBe('indented');
    const rowOf = new Map(nodes.map(({ branch, y }) => [branch.id, y]));
    for (const { branch, y } of nodes) {
      for (const child of branch.children) expect(rowOf.get(child.id)).toBeGreaterThan(y);
    }
    expect(Math.min(...nodes.map((node) => node.width))).toBeGreaterThan(240);
  });
});
