import type { EarlyStopping } from '../optimization/early-stopping.ts';
import type { OptimizerState } from '../optimization/optimizer.ts';
import type { NamedTensor } from '../safetensors.ts';

/** Everything that the steps still to come depend on; the next one takes the batch at `at` of `order`. */
export type TuningState = {
  step: number;
  /** From 1. */
  epoch: number;
  at: number;
  order: Int32Array;
  random: readonly number[];
  /** Rows in memory at once, smaller than planned where memory has run out. */
  microBatchSize: number;
  /** What is trained, by its name in the model. */
  parameters: readonly NamedTensor[];
  optimizer: OptimizerState;
  stopping: EarlyStopping;
  best: Best | null;
  /** What the last evaluation found. */
  validation: Validation | null;
};

/** What an evaluation on rows that are not trained on has found. */
export type Validation = Readonly<{ loss: number; score: number }>;

/** The best evaluation, and what was trained as it was then. */
export type Best = Readonly<{ epoch: number; validation: Validation; parameters: readonly NamedTensor[] }>;
