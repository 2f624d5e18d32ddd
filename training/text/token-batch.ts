/** Texts as numbers, all of one length: rows of ids, one after the other. */
export type TokenBatch = {
  batch: number;
  length: number;
  /** [batch · length] */
  ids: Int32Array;
  /** 1 where there is a token, 0 where there is padding. */
  mask: Int32Array;
  /** Which of two texts a token belongs to; all 0 where there is one. */
  types: Int32Array;
};

/**
 * The position of each token among those of its row, from 0; padding before the first has 0, padding after the last
 * goes on with the last.
 */
export function positionsOf({
  mask,
  batch,
  length,
}: Pick<TokenBatch, 'mask' | 'batch' | 'length'>): Int32Array {
  const positions = new Int32Array(batch * length);
  for (let row = 0; row < batch; row += 1) {
    let seen = 0;
    for (let at = row * length; at < (row + 1) * length; at += 1) {
      seen += mask[at]!;
      positions[at] = Math.max(0, seen - 1);
    }
  }
  return positions;
}

/** For each row, where its last token lies among all of the batch: row · length + column. A row of padding has its first. */
export function lastTokens({
  mask,
  batch,
  length,
}: Pick<TokenBatch, 'mask' | 'batch' | 'length'>): Int32Array {
  return Int32Array.from({ length: batch }, (_, row) => {
    const last = mask.subarray(row * length, (row + 1) * length).lastIndexOf(1);
    return row * length + Math.max(0, last);
  });
}

/**
 * Encoded texts as one batch, the shorter ones filled up.
 *
 * @param side where they are filled up: at the right to read whole texts, at the left to write on
 */
export function tokenBatch(
  texts: readonly { ids: readonly number[]; types: readonly number[] }[],
  padId: number,
  side: 'left' | 'right',
): TokenBatch {
  const batch = texts.length;
  const length = Math.max(1, ...texts.map(({ ids }) => ids.length));
  const rows = { ids: new Int32Array(batch * length).fill(padId), mask: new Int32Array(batch * length) };
  const types = new Int32Array(batch * length);
  for (const [row, text] of texts.entries()) {
    const at = row * length + (side === 'right' ? 0 : length - text.ids.length);
    rows.ids.set(text.ids, at);
    rows.mask.fill(1, at, at + text.ids.length);
    types.set(text.types, at);
  }
  return { batch, length, ...rows, types };
}
