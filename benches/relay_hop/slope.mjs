// Shared by the driver and its test.

/**
 * The least-squares line through points: what one step of x adds to y.
 * @param {readonly (readonly [x: number, y: number])[]} points
 */
export function slope(points) {
  const n = points.length;
  const [x, y] = [0, 1].map((axis) => points.reduce((sum, point) => sum + (point[axis] ?? NaN), 0) / n);
  let xx = 0;
  let xy = 0;
  for (const point of points) {
    xx += (point[0] - (x ?? NaN)) ** 2;
    xy += (point[0] - (x ?? NaN)) * (point[1] - (y ?? NaN));
  }
  return xy / xx;
}
