import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EpochScore, TrainingProgress } from '../../domain/run.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import type { Random } from '../random.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { scoreEpoch } from './epoch-score.ts';
import type { Learner, LearnerState } from './learner.ts';
import { meanLoss } from './objective.ts';
import type { Objective, Targets } from './objective.ts';
import { planSteps, rateAt } from './schedule.ts';

/** Encoded rows [n, width], row-major, and what each is to become: the index of its label, or a number. */
export type TargetMatrix = { matrix: Float32Array; targets: Targets };

export type Fit = {
  learner: Learner;
  /** The learner's. */
  objective: Objective;
  train: TargetMatrix;
  /** Null: the planned number of steps, no early stopping. */
  validation: TargetMatrix | null;
  /** Weight a training row, or null. */
  rowWeights: Float32Array | null;
  outputs: number;
  fineTune: TabularSettings;
  random: Random;
  onProgress: (progress: FitProgress) => void;
  /** Told after every epoch, where somebody draws its curves. */
  onEpoch?: (score: EpochScore) => void;
  /** Learner and stream of chance have to be made from what they resume. */
  checkpoints?: Checkpoints<FitState>;
  signal: AbortSignal | undefined;
};
export type FitProgress = Omit<TrainingProgress, 'backend' | 'resumedAtStep' | 'memoryMb'>;

/** Everything that the steps still to come depend on; the next one takes the batch at `at` of `order`. */
export type FitState = {
  step: number;
  /** From 1. */
  epoch: number;
  at: number;
  order: Int32Array;
  random: readonly number[];
  learner: LearnerState;
  best: Best | null;
  validationLoss: number | null;
};

/** The epoch with the smallest validation loss so far. */
type Best = { epoch: number; loss: number; weights: Float32Array<ArrayBuffer> };

export type Fitted = {
  weights: Float32Array<ArrayBuffer>;
  steps: number;
  epochs: number;
  /** The epoch, from 1, whose weights these are. */
  bestEpoch: number;
  validationLoss: number | null;
};

/** How long the loop computes before others get a turn, and how often it says where it is, in milliseconds. */
const TURN_MS = 25;
const PROGRESS_MS = 250;

/**
 * The training loop: shuffled batches, cosine rate, and after every epoch a look at the validation rows. It stops when
 * `patience` epochs brought no smaller loss, though never before `minSteps`: with 250 rows an epoch is four steps. The
 * weights of the best epoch are the result. Resumed, it ends where it would have ended without the interruption.
 */
export async function fit(options: Fit): Promise<Fitted> {
  const { learner, objective, train, validation, fineTune, random, outputs, checkpoints, signal } = options;
  const rows = train.targets.length;
  const { steps, stepsPerEpoch } = planSteps(rows, fineTune);
  const takeBatch = batches(options, rows);
  const lossOf = (part: TargetMatrix) =>
    meanLoss(objective, learner.logits(part.matrix, part.targets.length), part.targets, outputs);

  const resumed = checkpoints?.resumed ?? null;
  const order = resumed?.order.slice() ?? Int32Array.from({ length: rows }, (_, i) => i);
  let { step, epoch, at, best, validationLoss } = resumed ?? beginning(rows);
  const beganAt = step;
  const stateNow = (): FitState => ({
    step,
    epoch,
    at,
    order,
    random: random.state(),
    learner: learner.state(),
    best,
    validationLoss,
  });
  let lastTurn = performance.now();
  let last = { at: lastTurn, step };
  const say = (trainLoss: number | null) => {
    const now = performance.now();
    const seconds = (now - last.at) / 1000;
    const examples = Math.min(rows, fineTune.batchSize) * (step - last.step);
    last = { at: now, step };
    options.onProgress({
      step,
      steps,
      epoch,
      trainLoss,
      validationLoss,
      learningRate: rateAt(fineTune, step, steps),
      examplesPerSecond: examples === 0 ? null : examples / Math.max(seconds, 1e-3),
    });
  };
  signal?.throwIfAborted();
  say(null);
  while (step < steps) {
    if (at >= rows) {
      random.shuffle(order);
      epoch += 1;
      at = 0;
    }
    while (at < rows && step < steps) {
      const now = performance.now();
      if (now - lastTurn > TURN_MS) {
        await nextTurn();
        signal?.throwIfAborted();
        lastTurn = performance.now();
      }
      // Where nothing was learnt since the last one, there is nothing to keep.
      if (checkpoints && step > beganAt && checkpoints.isDue(step)) await checkpoints.keep(stateNow());
      const batch = takeBatch(order.subarray(at, Math.min(rows, at + fineTune.batchSize)));
      learner.step(batch.x, batch.targets, rateAt(fineTune, step, steps), batch.weights);
      step += 1;
      at += fineTune.batchSize;
      if (now - last.at > PROGRESS_MS) say(lossOf({ matrix: batch.x, targets: batch.targets }));
    }
    const score = options.onEpoch && scoreEpoch(learner, options);
    if (score) options.onEpoch?.({ epoch, step, ...score });
    if (validation === null) continue;
    validationLoss = score?.validation?.loss ?? lossOf(validation);
    if (validationLoss < (best?.loss ?? Infinity))
      best = { epoch, loss: validationLoss, weights: learner.weights() };
    else if (step >= fineTune.minSteps && epoch - (best?.epoch ?? 0) >= fineTune.patience) break;
  }
  say(lossOf(train));
  const done = { steps: step, epochs: Math.min(epoch, Math.ceil(step / stepsPerEpoch)) };
  return best === null
    ? { ...done, weights: learner.weights(), bestEpoch: done.epochs, validationLoss }
    : { ...done, weights: best.weights, bestEpoch: best.epoch, validationLoss: best.loss };
}

/** Before the first epoch: as if the one before it had been gone through. */
const beginning = (rows: number): Pick<FitState, 'step' | 'epoch' | 'at' | 'best' | 'validationLoss'> => ({
  step: 0,
  epoch: 0,
  at: rows,
  best: null,
  validationLoss: null,
});

/** Copies rows into buffers that every batch of its size shares. */
function batches({ train, rowWeights }: Fit, rows: number) {
  const width = rows === 0 ? 0 : train.matrix.length / rows;
  const Kind = train.targets instanceof Int32Array ? Int32Array : Float32Array;
  const buffers = new Map<number, { x: Float32Array; targets: Targets; weights: Float32Array | null }>();
  return (picked: Int32Array) => {
    const n = picked.length;
    let batch = buffers.get(n);
    if (!batch) {
      const weights = rowWeights ? new Float32Array(n) : null;
      batch = { x: new Float32Array(n * width), targets: new Kind(n), weights };
      buffers.set(n, batch);
    }
    for (let i = 0; i < n; i += 1) {
      const row = picked[i]!;
      batch.x.set(train.matrix.subarray(row * width, (row + 1) * width), i * width);
      batch.targets[i] = train.targets[row]!;
      if (batch.weights && rowWeights) batch.weights[i] = rowWeights[row]!;
    }
    return batch;
  };
}
