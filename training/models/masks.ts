import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/**
 * What is added to the score of a hidden position. Its share is exactly 0 beside any that is not hidden; a row where all
 * are hidden (a query that is padding itself) stays finite.
 */
const HIDDEN = -1e9;

/** Hides padding from everyone: [batch, 1, 1, length]; null where nothing is padding. */
export function paddingMask(
  tf: Tf,
  { mask, batch, length }: { mask: Int32Array; batch: number; length: number },
): Tensor | null {
  if (mask.every((one) => one === 1)) return null;
  return tf.tensor4d(
    Float32Array.from(mask, (one) => (one === 1 ? 0 : HIDDEN)),
    [batch, 1, 1, length],
  );
}

/**
 * Hides what comes after: [1, 1, queries, keys], the queries being the last of the keys; null where a single query sees
 * all.
 */
export function causalMask(tf: Tf, queries: number, keys: number): Tensor | null {
  if (queries === 1) return null;
  const values = new Float32Array(queries * keys);
  for (let q = 0; q < queries; q += 1) values.fill(HIDDEN, q * keys + keys - queries + q + 1, (q + 1) * keys);
  return tf.tensor4d(values, [1, 1, queries, keys]);
}

/** Hides what either hides. */
export const bothMasks = (tf: Tf, a: Tensor | null, b: Tensor | null): Tensor | null =>
  a && b ? tf.add(a, b) : (a ?? b);
