import type { Rank, Scalar, Tensor, Tensor2D, Variable } from '@tensorflow/tfjs';
import type { Tf } from '../../../../training/backend.ts';
import { crossEntropy } from '../../../../training/losses/cross-entropy.ts';
import { empiricalFisher, trueFisher } from '../../../../training/regularisers/fisher.ts';
import type { Importance } from '../../../../training/regularisers/fisher.ts';
import type { Nested } from './tensors.ts';

export type Weights = Record<string, Nested>;
export type Graded = { value: number; grad_norm: number; grad: Weights };
export type Run = {
  losses: number[];
  grad_norms_before_clip: number[];
  clipped: boolean[];
  lr_used: number[];
  taskA_loss_after: number;
  taskB_loss_after: number;
};
/** What regularisers.json holds: two tasks, a network that has learnt the first, and what becomes of it. */
export type RegulariserVector = {
  mlp: { layers: number[]; activation: string; layout: string };
  theta_star: Weights;
  theta: Weights;
  XA: number[][];
  YA: number[];
  XB: number[][];
  YB: number[];
  fisher_empirical: Weights;
  fisher_true: Weights;
  ewc: (Graded & { lam: number; fisher: 'empirical' | 'true' })[];
  l2sp: (Graded & { alpha: number; beta: number })[];
  training: { start: string; optimizer: string; replay: string; runs: Record<string, Run> };
};

/** The variables of the network by name. */
export type Named = Map<string, Variable>;

export const variablesOf = (tf: Tf, weights: Weights): Named =>
  new Map(
    Object.entries(weights).map(([name, values]) => [name, tf.variable(tf.tensor(values as number[]))]),
  );

/** Layers `fc1`, `fc2`… with tanh in between; weights are [out, in]. */
export function logitsOf(tf: Tf, weights: Named, x: number[][]): Tensor2D {
  let h: Tensor = tf.tensor2d(x);
  for (let layer = 1; weights.has(`fc${layer}.weight`); layer += 1) {
    if (layer > 1) h = tf.tanh(h);
    h = tf.add(tf.matMul(h, weights.get(`fc${layer}.weight`)!, false, true), weights.get(`fc${layer}.bias`)!);
  }
  return h as Tensor2D;
}

export const lossOf = (tf: Tf, weights: Named, x: number[][], y: number[]): Scalar =>
  crossEntropy(tf, logitsOf(tf, weights, x), tf.tensor1d(y, 'int32'));

/** How much each weight matters to task A, where the network has learnt it. */
export function fisherOf(tf: Tf, v: RegulariserVector, kind: string): Importance {
  const star = variablesOf(tf, v.theta_star);
  if (kind === 'empirical') {
    const losses = v.XA.map((x, i) => () => lossOf(tf, star, [x], [v.YA[i]!]));
    return empiricalFisher(tf, star, losses);
  }
  if (kind !== 'true') throw new Error(`regularisers.json: no test knows the Fisher information "${kind}"`);
  const logits = v.XA.map((x) => () => tf.reshape<Rank.R1>(logitsOf(tf, star, [x]), [-1]));
  return trueFisher(tf, star, logits, v.mlp.layers.at(-1)!);
}

/** L2-SP's new part is the last layer. */
export const isNewIn =
  ({ mlp }: RegulariserVector) =>
  (name: string): boolean =>
    name.startsWith(`fc${mlp.layers.length - 1}.`);
