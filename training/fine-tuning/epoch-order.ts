import type { Random } from '../random.ts';

/** So many batches are sorted by length among each other: enough that few are padded, few enough that chance stays. */
const BATCHES_SORTED_TOGETHER = 50;

/**
 * The rows of one epoch, batch after batch, each row once; the last batch may be shorter. Where rows have lengths,
 * rows of a similar length share a batch, so that little of it is padding, and the batches come in any order.
 *
 * @param lengths of each row; null where all are alike
 */
export function epochOrder(
  rows: number,
  lengths: Int32Array | null,
  batchSize: number,
  chance: Random,
): Int32Array {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  chance.shuffle(order);
  if (lengths === null) return order;
  const whole = rows - (rows % batchSize);
  for (let from = 0; from < whole; from += batchSize * BATCHES_SORTED_TOGETHER) {
    const to = Math.min(whole, from + batchSize * BATCHES_SORTED_TOGETHER);
    order.subarray(from, to).sort((a, b) => lengths[a]! - lengths[b]!);
  }
  const batches = Int32Array.from({ length: whole / batchSize }, (_, batch) => batch);
  chance.shuffle(batches);
  const mixed = order.slice();
  for (const [to, from] of batches.entries())
    mixed.set(order.subarray(from * batchSize, (from + 1) * batchSize), to * batchSize);
  return mixed;
}
