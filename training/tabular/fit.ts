import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FineTune } from '../../domain/model-config.ts';
import type { TrainingProgress } from '../../domain/run.ts';
import type { Random } from '../random.ts';
import { meanCrossEntropy } from '../softmax.ts';
import type { Learner } from './learner.ts';
import { cosineRate, planSteps } from './schedule.ts';

/** Encoded rows [n, width], row-major, and the index of each row's label. */
export type LabelledMatrix = { matrix: Float32Array; labels: Int32Array };

export type Fit = {
  learner: Learner;
  train: LabelledMatrix;
  /** Null: the planned number of steps, no early stopping. */
  validation: LabelledMatrix | null;
  /** Weight a training row, or null. */
  rowWeights: Float32Array | null;
  outputs: number;
  fineTune: Omit<FineTune, 'method'>;
  random: Random;
  onProgress: (progress: Omit<TrainingProgress, 'backend'>) => void;
  signal: AbortSignal | undefined;
};

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
 * weights of the best epoch are the result.
 */
export async function fit(options: Fit): Promise<Fitted> {
  const { learner, train, validation, fineTune, random, outputs, signal } = options;
  const rows = train.labels.length;
  const { steps, stepsPerEpoch } = planSteps(rows, fineTune);
  const takeBatch = batches(options, rows);
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  const lossOf = (part: LabelledMatrix) =>
    meanCrossEntropy(learner.logits(part.matrix, part.labels.length), part.labels, outputs);

  let best = { epoch: 0, loss: Infinity, weights: learner.weights() };
  let validationLoss: number | null = null;
  let step = 0;
  let epoch = 0;
  let lastTurn = performance.now();
  let lastProgress = lastTurn;
  signal?.throwIfAborted();
  while (step < steps) {
    random.shuffle(order);
    epoch += 1;
    for (let at = 0; at < rows && step < steps; at += fineTune.batchSize) {
      const batch = takeBatch(order.subarray(at, Math.min(rows, at + fineTune.batchSize)));
      learner.step(batch.x, batch.labels, cosineRate(fineTune.learningRate, step, steps), batch.weights);
      step += 1;
      const now = performance.now();
      if (now - lastTurn > TURN_MS) {
        await nextTurn();
        signal?.throwIfAborted();
        lastTurn = performance.now();
      }
      if (now - lastProgress > PROGRESS_MS) {
        lastProgress = now;
        const seen = { matrix: batch.x, labels: batch.labels };
        options.onProgress({ step, steps, epoch, trainLoss: lossOf(seen), validationLoss });
      }
    }
    if (validation === null) continue;
    validationLoss = lossOf(validation);
    if (validationLoss < best.loss) best = { epoch, loss: validationLoss, weights: learner.weights() };
    else if (step >= fineTune.minSteps && epoch - best.epoch >= fineTune.patience) break;
  }
  options.onProgress({ step, steps, epoch, trainLoss: lossOf(train), validationLoss });
  const done = { steps: step, epochs: Math.min(epoch, Math.ceil(step / stepsPerEpoch)) };
  return validation === null || best.epoch === 0
    ? { ...done, weights: learner.weights(), bestEpoch: done.epochs, validationLoss }
    : { ...done, weights: best.weights, bestEpoch: best.epoch, validationLoss: best.loss };
}

/** Copies rows into buffers that every batch of its size shares. */
function batches({ train, rowWeights }: Fit, rows: number) {
  const width = rows === 0 ? 0 : train.matrix.length / rows;
  const buffers = new Map<number, { x: Float32Array; labels: Int32Array; weights: Float32Array | null }>();
  return (picked: Int32Array) => {
    const n = picked.length;
    let batch = buffers.get(n);
    if (!batch) {
      const weights = rowWeights ? new Float32Array(n) : null;
      batch = { x: new Float32Array(n * width), labels: new Int32Array(n), weights };
      buffers.set(n, batch);
    }
    for (let i = 0; i < n; i += 1) {
      const row = picked[i]!;
      batch.x.set(train.matrix.subarray(row * width, (row + 1) * width), i * width);
      batch.labels[i] = train.labels[row]!;
      if (batch.weights && rowWeights) batch.weights[i] = rowWeights[row]!;
    }
    return batch;
  };
}
