import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { plainLinear } from './linear.ts';
import { takeRows } from './rows.ts';

/**
 * A row for each token, position or segment, whatever it is kept as. Everything that a network looks up by an index goes
 * through one of these, as everything that it multiplies by goes through a `Linear`.
 */
export type Table = {
  /** [indices, columns], in the order of the indices and as often as they are named. */
  rows(indices: Int32Array): Tensor2D;
  /** How well states [n, columns] fit each row, x·tableᵀ [n, rows]: the head of a decoder whose words are tied to it. */
  scores(x: Tensor2D): Tensor2D;
};

/** A table of floats. */
export const plainTable = (tf: Tf, table: Tensor2D): Table => ({
  rows: (indices) => takeRows(tf, table, indices),
  scores: plainLinear(tf, table, null, 'out-in'),
});
