import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import { withGradient } from '../custom-gradient.ts';

/**
 * Some rows of a table, in the order of `indices` and as often as they are named: the embeddings of tokens, the hidden
 * states of chosen positions.
 *
 * @returns [indices, columns]
 */
export const takeRows = (tf: Tf, table: Tensor2D, indices: Tensor1D): Tensor2D =>
  withGradient<Tensor2D>(
    tf,
    [table],
    (save) => {
      save([indices]);
      return tf.gather(table, indices);
    },
    (dy, [indices]) => [tf.unsortedSegmentSum(dy, indices as Tensor1D, table.shape[0])],
  );
