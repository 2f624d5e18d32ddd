/**
 * Temperature scaling: one number T > 0 by which all logits are divided so that the scores of a classifier mean what
 * they say. The label never changes, because dividing keeps the order.
 *
 * T minimises the mean cross-entropy of softmax(logits / T) on rows that were not trained on. In s = 1/T that is
 * convex, so its slope, mean of Σ_c p_c z_c − z_y, rises through zero once: bisection.
 *
 * Source: C. Guo et al., "On calibration of modern neural networks" (2017).
 */
export function fitTemperature(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  { lowest = 0.05, highest = 20 }: { lowest?: number; highest?: number } = {},
): number {
  const rows = labels.length;
  if (rows === 0) return 1;
  const classes = logits.length / rows;
  let [low, high] = [1 / highest, 1 / lowest];
  for (let i = 0; i < 60; i += 1) {
    const s = Math.sqrt(low * high);
    if (slope(logits, labels, classes, s) > 0) high = s;
    else low = s;
  }
  return 1 / Math.sqrt(low * high);
}

function slope(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number, s: number): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const at = row * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c += 1) largest = Math.max(largest, logits[at + c]!);
    let [total, expected] = [0, 0];
    for (let c = 0; c < classes; c += 1) {
      const e = Math.exp((logits[at + c]! - largest) * s);
      total += e;
      expected += e * logits[at + c]!;
    }
    sum += expected / total - logits[at + labels[row]!]!;
  }
  return sum / labels.length;
}

/** Fewer rows than this cannot calibrate. */
const CALIBRATION_ROWS = 50;

/**
 * The temperature of a classifier by its validation rows; 1 where they say nothing about it: few of them, or all answered
 * right, which would drive it to zero.
 */
export function calibrate(logits: ArrayLike<number>, labels: ArrayLike<number>): number {
  const rows = labels.length;
  if (rows < CALIBRATION_ROWS) return 1;
  const classes = logits.length / rows;
  return isAllRight(logits, labels, classes) ? 1 : fitTemperature(logits, labels);
}

function isAllRight(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): boolean {
  for (let row = 0; row < labels.length; row += 1)
    for (let c = 0; c < classes; c += 1)
      // Also where one is not a number.
      if (!(logits[row * classes + c]! <= logits[row * classes + labels[row]!]!)) return false;
  return true;
}
