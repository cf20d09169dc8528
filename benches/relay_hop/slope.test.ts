import { expect, test } from 'vitest';
import { slope } from './slope.mjs';

test('points_on_a_line_give_its_slope', () => {
  expect(slope([[1, 60], [2, 115], [3, 170]])).toBeCloseTo(55, 10);
  expect(slope([[6, 50], [1, 50]])).toBe(0);
});

test('noise_that_is_the_same_on_both_sides_changes_nothing', () => {
  expect(slope([[1, 9], [1, 11], [2, 11], [2, 13]])).toBeCloseTo(2, 10);
});

test('one_place_alone_has_no_slope', () => {
  expect(slope([[2, 50], [2, 60]])).toBeNaN();
});
