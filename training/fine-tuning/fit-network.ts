import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Scalar } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import { beginStopping, observe } from '../optimization/early-stopping.ts';
import type { MicroBatch } from '../optimization/gradient-accumulation.ts';
import { createOptimizer } from '../optimization/optimizer.ts';
import type { Parameter } from '../optimization/parameter.ts';
import { learningRateAt } from '../optimization/schedule.ts';
import type { UpdateRule } from '../optimization/update-rule.ts';
import { random, resumeRandom } from '../random.ts';
import { clearHeap } from './clear-heap.ts';
import { epochOrder } from './epoch-order.ts';
import { readTrained, writeTrained } from './trained-values.ts';
import { plannedSteps } from './tune-settings.ts';
import type { TuneSettings } from './tune-settings.ts';
import { tuneStep } from './tune-step.ts';
import { tuningMeter } from './tuning-meter.ts';
import type { TuningProgress } from './tuning-meter.ts';
import type { TuningState, Validation } from './tuning-state.ts';

/** What is trained, and how its loss comes about. */
export type Tunable = {
  /** How many rows there are to train on. */
  rows: number;
  /** Of each row, in tokens; null where all are alike. */
  lengths: Int32Array | null;
  parameters: readonly Parameter[];
  /**
   * The parts of a batch, each of at most so many rows.
   *
   * @param step from 0: what is drawn by chance depends on it alone, so that a resumed training draws the same
   */
  parts(rows: Int32Array, step: number, atMost: number): readonly MicroBatch[];
  /** What is added to the loss of each step, such as a pull towards what was known before. */
  penalty?: () => Scalar;
  /** Looks at the validation rows; null where there are none. */
  validate: (() => Promise<Validation>) | null;
};

export type NetworkFit = {
  tf: Tf;
  tunable: Tunable;
  rule: UpdateRule;
  settings: TuneSettings;
  onProgress: (progress: TuningProgress) => void;
  /** After each epoch. */
  onEpoch?: (score: TuningScore) => void;
  checkpoints?: Checkpoints<TuningState>;
  signal?: AbortSignal | undefined;
};

/** An epoch, from 1: the mean loss of its steps, and what the validation rows say of its end. */
export type TuningScore = { epoch: number; step: number; trainLoss: number; validation: Validation | null };

export type NetworkFitted = {
  steps: number;
  epochs: number;
  /** The epoch, from 1, whose values the parameters have now. */
  bestEpoch: number;
  /** Of that epoch. */
  validation: Validation | null;
  /** Rows that were in memory at once at the end: fewer than planned where it has run out. */
  microBatchSize: number;
};

/** How long it computes before others get a turn, in milliseconds. */
const TURN_MS = 25;

/**
 * Trains parameters: shuffled batches, a scheduled rate, shortened gradients, and after every epoch a look at the
 * validation rows. It stops when `patience` epochs brought no smaller loss; the parameters end as they were at the best
 * of them. Where memory runs out, a step goes on in smaller parts. Resumed, it ends where it would have ended without
 * the interruption.
 *
 * @throws {DriftloopError} `DL_TRAINING_OUT_OF_MEMORY`; the signal's reason when aborted
 */
export async function fitNetwork(fit: NetworkFit): Promise<NetworkFitted> {
  const { tf, tunable, settings, checkpoints, signal } = fit;
  const { parameters, rows } = tunable;
  const { steps, stepsPerEpoch } = plannedSteps(rows, settings);
  const warmupSteps = Math.round(settings.warmupShare * steps);
  const plan = { schedule: settings.schedule, rate: settings.learningRate, warmupSteps, steps };
  const resumed = checkpoints?.resumed ?? null;
  if (resumed) writeTrained(tf, parameters, resumed.parameters);
  const chance = resumed ? resumeRandom(resumed.random) : random(settings.seed);
  const optimizer = createOptimizer(tf, fit.rule, parameters, resumed?.optimizer ?? null);
  const variables = parameters.map(({ variable }) => variable);
  const meter = tuningMeter(tf, steps, fit.onProgress);

  let { step, epoch, at, order, microBatchSize, stopping, best, validation } =
    resumed ?? beginning(rows, settings);
  const beganAt = step;
  const place = () => ({ step, epoch, rate: learningRateAt(plan, step), validation });
  const stateNow = async (): Promise<TuningState> => ({
    step,
    epoch,
    at,
    order,
    microBatchSize,
    stopping,
    best,
    validation,
    random: chance.state(),
    parameters: await readTrained(parameters),
    optimizer: await optimizer.state(),
  });
  try {
    signal?.throwIfAborted();
    await meter.say(place());
    clearHeap();
    let lastTurn = performance.now();
    while (step < steps && !stopping.stop) {
      if (at >= rows) {
        order = epochOrder(rows, tunable.lengths, settings.batchSize, chance);
        epoch += 1;
        at = 0;
      }
      while (at < rows && step < steps) {
        if (performance.now() - lastTurn > TURN_MS) {
          await nextTurn();
          signal?.throwIfAborted();
          clearHeap();
          lastTurn = performance.now();
        }
        // Where nothing was learnt since the last one, there is nothing to keep.
        if (checkpoints && step > beganAt && checkpoints.isDue(step))
          await checkpoints.keep(await stateNow());
        const picked = order.subarray(at, Math.min(rows, at + settings.batchSize));
        const taken = tuneStep(tf, {
          variables,
          optimizer,
          partsOf: (atMost) => tunable.parts(picked, step, atMost),
          penalty: tunable.penalty,
          rate: learningRateAt(plan, step),
          maxNorm: settings.maxNorm,
          atMost: Math.min(microBatchSize, picked.length),
        });
        if (taken.atMost < Math.min(microBatchSize, picked.length)) microBatchSize = taken.atMost;
        meter.learnt(taken.loss, picked.length);
        step += 1;
        at += settings.batchSize;
        await meter.sayIfDue(place());
      }
      if (tunable.validate !== null) {
        validation = await tunable.validate();
        stopping = observe(stopping, validation.loss, { patience: settings.patience });
        if (stopping.best?.at === stopping.seen - 1)
          best = { epoch, validation, parameters: await readTrained(parameters) };
      }
      await meter.say(place());
      fit.onEpoch?.({ epoch, step, trainLoss: meter.epochLoss(), validation });
    }
  } finally {
    meter.dispose();
    optimizer.dispose();
  }
  const done = { steps: step, epochs: Math.min(epoch, Math.ceil(step / stepsPerEpoch)), microBatchSize };
  if (best === null) return { ...done, bestEpoch: done.epochs, validation };
  writeTrained(tf, parameters, best.parameters);
  return { ...done, bestEpoch: best.epoch, validation: best.validation };
}

/** Before the first epoch: as if the one before it had been gone through. */
const beginning = (
  rows: number,
  { batchSize, microBatchSize = batchSize }: TuneSettings,
): Omit<TuningState, 'random' | 'parameters' | 'optimizer'> => ({
  step: 0,
  epoch: 0,
  at: rows,
  order: new Int32Array(0),
  microBatchSize,
  stopping: beginStopping(),
  best: null,
  validation: null,
});
