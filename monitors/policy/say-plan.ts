/** Plans in sentences: what is trained on and why, or what is missing. */
import { count } from '../../domain/count.ts';
import type { TrainingReason } from './plan-training.ts';

export const sayTrain = (reason: TrainingReason, rows: number): string =>
  ({
    onset: `Takes the ${count(rows)} newest labelled rows, all from after the change.`,
    fallback: `Takes the ${count(rows)} newest labelled rows, because it is not clear when the change began.`,
    growth: `Trains once more on ${count(rows)} rows, because the first training after the change saw only a few.`,
  })[reason];

export const sayWait = (because: 'gap' | 'onset', seen: number, needed: number): string =>
  because === 'gap'
    ? `Waits for ${count(needed - seen)} more labels: the last training was only ${count(seen)} labelled rows ago.`
    : `Waits for ${count(needed - seen)} more labels: the ${count(seen)} rows since the change are too few to learn from.`;
