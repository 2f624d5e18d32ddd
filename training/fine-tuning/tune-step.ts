import type { Scalar, Variable } from '@tensorflow/tfjs';
import { DriftloopError } from '../../domain/errors.ts';
import type { Tf } from '../backend.ts';
import { accumulatedGradients } from '../optimization/gradient-accumulation.ts';
import type { MicroBatch } from '../optimization/gradient-accumulation.ts';
import type { Optimizer } from '../optimization/optimizer.ts';
import { isOutOfMemory } from './out-of-memory.ts';

export type TuneStep = {
  variables: Variable[];
  optimizer: Optimizer;
  /** The parts of the step's batch, each of at most so many rows. */
  partsOf: (atMost: number) => readonly MicroBatch[];
  penalty: (() => Scalar) | undefined;
  rate: number;
  maxNorm: number;
  /** Rows that are in memory at once. */
  atMost: number;
};

/**
 * One step, in as few parts as fit into memory.
 *
 * @returns the loss, which belongs to the caller, and how many rows were in memory at once
 * @throws {DriftloopError} `DL_TRAINING_OUT_OF_MEMORY` where not even one row fits
 */
export function tuneStep(tf: Tf, step: TuneStep): { loss: Scalar; atMost: number } {
  const { variables, optimizer, partsOf, penalty, rate, maxNorm } = step;
  for (let { atMost } = step; ; atMost = Math.ceil(atMost / 2)) {
    try {
      const loss = tf.tidy(() => {
        const sum = accumulatedGradients(tf, variables, partsOf(atMost));
        const { loss: whole, gradients } = penalty ? penalised(tf, variables, sum, penalty) : sum;
        optimizer.step(gradients, { rate, maxNorm });
        return whole;
      });
      return { loss, atMost };
    } catch (error) {
      if (!isOutOfMemory(error)) throw error;
      if (atMost <= 1) throw noRoom(error);
    }
  }
}

type Sum = ReturnType<typeof accumulatedGradients>;

/** Once a step, however many parts it has. */
function penalised(tf: Tf, variables: Variable[], { loss, gradients }: Sum, penalty: () => Scalar): Sum {
  const { value, grads } = tf.variableGrads(penalty, variables);
  const entries = Object.entries(gradients).map(
    ([name, gradient]) => [name, grads[name] ? tf.add(gradient, grads[name]) : gradient] as const,
  );
  return { loss: tf.add(loss, value), gradients: Object.fromEntries(entries) };
}

const noRoom = (cause: unknown) =>
  new DriftloopError('DL_TRAINING_OUT_OF_MEMORY', 'Not even one row at a time fits into memory.', {
    fix: 'Take a smaller base, a shorter length, or a method that trains less of it: lora or qlora.',
    cause,
  });
