import type { Output } from '../../domain/task.ts';
import { softmax } from '../softmax.ts';

/**
 * A label and calibrated scores of each row; of equal scores the first label.
 *
 * @param logits row-major, one for each label
 * @param shift what is added to each label's logit / temperature; nothing where it was never recalibrated
 */
export function outputsOf(
  labels: readonly string[],
  logits: Float32Array,
  temperature: number,
  shift?: readonly number[],
): Output[] {
  const classes = labels.length;
  const shifted =
    shift === undefined ? logits : logits.map((logit, i) => logit + temperature * shift[i % classes]!);
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const scores = softmax(shifted, row * classes, classes, temperature);
    const best = scores.indexOf(Math.max(...scores));
    return {
      label: labels[best]!,
      scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
    };
  });
}
