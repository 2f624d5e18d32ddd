/** Items with this label are not to be learnt: padding, a prompt. As in PyTorch and transformers. */
const IGNORED = -100;

/**
 * Where a decoder says something that is to be learnt, and what it should say: the state at a position is for the token
 * after it. Only these positions need scores over the whole vocabulary.
 *
 * @param labels [batch · length]: the tokens themselves, −100 where they are not to be learnt
 * @returns positions among all of the batch, row · length + column, and the token that should come next at each
 */
export function nextTokens({
  labels,
  batch,
  length,
}: {
  labels: Int32Array;
  batch: number;
  length: number;
}): { positions: Int32Array; tokens: Int32Array } {
  const positions: number[] = [];
  for (let row = 0; row < batch; row += 1)
    for (let at = row * length; at < (row + 1) * length - 1; at += 1)
      if (labels[at + 1] !== IGNORED) positions.push(at);
  return {
    positions: Int32Array.from(positions),
    tokens: Int32Array.from(positions, (at) => labels[at + 1]!),
  };
}
