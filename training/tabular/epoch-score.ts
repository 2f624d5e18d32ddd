import type { EpochScore } from '../../domain/run.ts';
import type { TargetMatrix } from './fit.ts';
import type { Learner } from './learner.ts';
import { meanLoss, meanScore } from './objective.ts';
import type { Objective } from './objective.ts';

/** So many training rows say what the loss on all of them is, and cost little beside an epoch. */
const SAMPLE = 2_000;

/**
 * How a learner stands: its loss on the first training rows, its loss and its score on the validation rows. The order
 * of the training rows is the one they were given in, so that every epoch is scored on the same ones.
 */
export function scoreEpoch(
  learner: Pick<Learner, 'logits'>,
  {
    train,
    validation,
    outputs,
    objective,
  }: {
    train: TargetMatrix;
    validation: TargetMatrix | null;
    outputs: number;
    objective: Objective;
  },
): Pick<EpochScore, 'trainLoss' | 'validation'> {
  const rows = Math.min(train.targets.length, SAMPLE);
  const width = train.matrix.length / train.targets.length;
  const answers = learner.logits(train.matrix.subarray(0, rows * width), rows);
  const trainLoss = meanLoss(objective, answers, train.targets.subarray(0, rows), outputs);
  if (validation === null) return { trainLoss, validation: null };
  const { matrix, targets } = validation;
  const held = learner.logits(matrix, targets.length);
  return {
    trainLoss,
    validation: {
      loss: meanLoss(objective, held, targets, outputs),
      score: meanScore(objective, held, targets, outputs),
    },
  };
}
