import type { EpochScore } from '../../domain/run.ts';
import { meanCrossEntropy } from '../softmax.ts';
import type { LabelledMatrix } from './fit.ts';
import type { Learner } from './learner.ts';

/** So many training rows say what the loss on all of them is, and cost little beside an epoch. */
const SAMPLE = 2_000;

/**
 * How a learner stands: its loss on the first training rows, its loss and the share of right answers on the validation
 * rows. The order of the training rows is the one they were given in, so that every epoch is scored on the same ones.
 */
export function scoreEpoch(
  learner: Pick<Learner, 'logits'>,
  train: LabelledMatrix,
  validation: LabelledMatrix | null,
  outputs: number,
): Pick<EpochScore, 'trainLoss' | 'validation'> {
  const rows = Math.min(train.labels.length, SAMPLE);
  const width = train.matrix.length / train.labels.length;
  const labels = train.labels.subarray(0, rows);
  const trainLoss = meanCrossEntropy(
    learner.logits(train.matrix.subarray(0, rows * width), rows),
    labels,
    outputs,
  );
  if (validation === null) return { trainLoss, validation: null };
  const logits = learner.logits(validation.matrix, validation.labels.length);
  return {
    trainLoss,
    validation: {
      loss: meanCrossEntropy(logits, validation.labels, outputs),
      accuracy: shareRight(logits, validation.labels, outputs),
    },
  };
}

/** The share of rows whose largest logit is that of their label; the first of equal ones counts. */
function shareRight(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number): number {
  let right = 0;
  for (let row = 0; row < labels.length; row += 1) {
    let top = 0;
    for (let c = 1; c < classes; c += 1)
      if (logits[row * classes + c]! > logits[row * classes + top]!) top = c;
    if (top === labels[row]) right += 1;
  }
  return right / labels.length;
}
