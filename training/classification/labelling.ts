import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';
import type { ClassifierSettings } from './settings.ts';

/** How a loss treats its rows. */
export type ObjectiveSettings = Pick<ClassifierSettings, 'labelSmoothing' | 'classWeights' | 'focalGamma'>;

/** What is known of all rows that are trained on before the first step. */
export type Taught<Truth> = Readonly<{
  /** Of one pass: they say which labels are rare. */
  epoch: readonly Truth[];
  /** Of all passes: old rows may take turns. */
  all: readonly Truth[];
  /** Indices of the labels for which the base's own answers are learnt from too. */
  distilled: readonly number[];
}>;

/** What a training makes smaller. */
export type Objective<Truth> = Readonly<{
  /** The mean over some rows. @param logits [rows, labels] */
  loss(tf: Tf, logits: Tensor2D, truths: readonly Truth[]): Scalar;
  /** How much that mean weighs beside the means over other rows. */
  weight(truths: readonly Truth[]): number;
}>;

/**
 * How rows are labelled: what a row is in numbers, what a training makes of that, and when an answer is right. Everything
 * else about a classifier is the same whether a row has one label or any number of them.
 *
 * `Truth`: what one row is. Logits are row-major, one for each label.
 */
export type Labelling<Truth> = Readonly<{
  /** How many labels there are. */
  labels: number;
  /**
   * Where the biases of a new head begin, so that its first answers are how often each label is there; null where they
   * are at home at zero.
   */
  startingBias(truths: ArrayLike<Truth>, settings: ObjectiveSettings): number[] | null;
  objective(taught: Taught<Truth>, settings: ObjectiveSettings): Objective<Truth>;
  /** How far a student is from its teacher, as a mean over rows. @param student [rows, known], as its teacher */
  distil(tf: Tf, student: Tensor2D, teacher: Tensor2D): Scalar;
  /**
   * −ln of the probability of one row, among labels that are known; null where the row is of none of these.
   *
   * @param logits gives [1, known]
   */
  surprise(truth: Truth, known: readonly number[]): ((tf: Tf, logits: Tensor2D) => Scalar) | null;
  /** What the loss of a row is of its surprise: 1, or one in so many labels where it is a mean over these. */
  lossShare: number;
  /** The mean loss of rows, neither smoothed nor weighted. */
  meanLoss(logits: ArrayLike<number>, truths: ArrayLike<Truth>): number;
  /** The share of rows that are answered right. A label with the logit −∞ is never answered. */
  shareRight(logits: ArrayLike<number>, truths: ArrayLike<Truth>): number;
}>;
