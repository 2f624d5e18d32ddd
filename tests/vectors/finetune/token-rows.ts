import type { TokenBatch } from '../../../training/text/token-batch.ts';

/** Rows of ids, masks and, where there are any, types, as a network takes them. */
export const tokenRows = (
  ids: readonly (readonly number[])[],
  mask: readonly (readonly number[])[],
  types?: readonly (readonly number[])[],
): TokenBatch => ({
  batch: ids.length,
  length: ids[0]!.length,
  ids: Int32Array.from(ids.flat()),
  mask: Int32Array.from(mask.flat()),
  types: types ? Int32Array.from(types.flat()) : new Int32Array(ids.length * ids[0]!.length),
});
