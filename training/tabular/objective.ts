import { shareRight } from '../share-right.ts';
import { meanCrossEntropy } from '../softmax.ts';

/** What a network learns: to tell labels apart (an index a row), or to hit a number a row. */
export type Objective = 'cross-entropy' | 'squared-error';
export type Targets = Int32Array | Float32Array;

/** Mean loss of rows of outputs [rows, width]: nats, or squared distance. */
export function meanLoss(
  objective: Objective,
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  width: number,
): number {
  switch (objective) {
    case 'cross-entropy':
      return meanCrossEntropy(outputs, targets, width);
    case 'squared-error': {
      let sum = 0;
      for (let row = 0; row < targets.length; row += 1) sum += (outputs[row]! - targets[row]!) ** 2;
      return sum / targets.length;
    }
    default:
      return objective satisfies never;
  }
}

/** How good that is, 1 at best: the share of right answers, or R², what is explained of the spread of the numbers. */
export function meanScore(
  objective: Objective,
  outputs: ArrayLike<number>,
  targets: ArrayLike<number>,
  width: number,
): number {
  switch (objective) {
    case 'cross-entropy':
      return shareRight(outputs, targets, width);
    case 'squared-error': {
      const mean = meanOf(targets);
      const spread = meanLoss(objective, new Float64Array(targets.length).fill(mean), targets, 1);
      return spread === 0 ? 0 : 1 - meanLoss(objective, outputs, targets, 1) / spread;
    }
    default:
      return objective satisfies never;
  }
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 1) sum += values[i]!;
  return sum / values.length;
}
