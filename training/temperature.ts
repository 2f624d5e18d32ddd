import { sigmoid } from './sigmoid.ts';

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
  { lowest = LOWEST, highest = HIGHEST }: { lowest?: number; highest?: number } = {},
): number {
  const rows = labels.length;
  if (rows === 0) return 1;
  const classes = logits.length / rows;
  return whereFlat((s) => slope(logits, labels, classes, s), { lowest, highest });
}

/**
 * The same of a sigmoid for each logit by itself: T minimises the mean binary cross-entropy of sigmoid(logit / T). Its
 * slope in s = 1/T is the mean of (p − y) · z.
 *
 * @param isSo of each logit, whether it should have been a yes
 */
export function fitSigmoidTemperature(
  logits: ArrayLike<number>,
  isSo: (at: number) => boolean,
  bounds: { lowest?: number; highest?: number } = {},
): number {
  const { lowest = LOWEST, highest = HIGHEST } = bounds;
  return whereFlat(
    (s) => {
      let sum = 0;
      for (let at = 0; at < logits.length; at += 1)
        sum += (sigmoid(logits[at]! * s) - (isSo(at) ? 1 : 0)) * logits[at]!;
      return sum;
    },
    { lowest, highest },
  );
}

const [LOWEST, HIGHEST] = [0.05, 20];

/** 1 / s where a slope that rises with s goes through zero, by bisection. */
function whereFlat(
  slopeAt: (s: number) => number,
  { lowest, highest }: { lowest: number; highest: number },
): number {
  let [low, high] = [1 / highest, 1 / lowest];
  for (let i = 0; i < 60; i += 1) {
    const s = Math.sqrt(low * high);
    if (slopeAt(s) > 0) high = s;
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
export const CALIBRATION_ROWS = 50;

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
