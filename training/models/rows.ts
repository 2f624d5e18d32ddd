import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';

/**
 * Some rows of a table, in the order of `indices` and as often as they are named: the embeddings of tokens, the hidden
 * states of chosen positions. (`tf.gather` would read the indices back, each time, to check them.)
 *
 * @returns [indices, columns]
 */
export const takeRows = (tf: Tf, table: Tensor2D, indices: Int32Array): Tensor2D =>
  withGradient<Tensor2D>(
    tf,
    [table],
    () => tf.gatherND(table, tf.tensor2d(indices, [indices.length, 1], 'int32')) as Tensor2D,
    (dy) => [tf.unsortedSegmentSum(dy, tf.tensor1d(indices, 'int32'), table.shape[0])],
  );
