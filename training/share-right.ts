/** The share of rows whose largest logit is that of their label; the first of equal ones counts. */
export function shareRight(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let right = 0;
  for (let row = 0; row < labels.length; row += 1) {
    let top = 0;
    for (let c = 1; c < classes; c += 1)
      if (logits[row * classes + c]! > logits[row * classes + top]!) top = c;
    if (top === labels[row]) right += 1;
  }
  return right / labels.length;
}
