/** Shares of belief of one row: softmax(logits / temperature), in float64. */
export function softmax(logits: ArrayLike<number>, at: number, classes: number, temperature = 1): number[] {
  let largest = -Infinity;
  for (let c = 0; c < classes; c += 1) largest = Math.max(largest, logits[at + c]!);
  const shares: number[] = [];
  let total = 0;
  for (let c = 0; c < classes; c += 1)
    total += shares[c] = Math.exp((logits[at + c]! - largest) / temperature);
  return shares.map((share) => share / total);
}

/** Mean cross-entropy, in nats, of rows of logits against label indices. */
export function meanCrossEntropy(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
): number {
  let sum = 0;
  for (let row = 0; row < labels.length; row += 1) {
    const at = row * classes;
    let largest = -Infinity;
    for (let c = 0; c < classes; c += 1) largest = Math.max(largest, logits[at + c]!);
    let total = 0;
    for (let c = 0; c < classes; c += 1) total += Math.exp(logits[at + c]! - largest);
    sum += largest + Math.log(total) - logits[at + labels[row]!]!;
  }
  return sum / labels.length;
}
