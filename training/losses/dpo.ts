import type { Scalar, Tensor1D } from '@tensorflow/tfjs';
import type { Tf } from '../backend.ts';

/** Log-probability of each pair's answers [pairs], summed over their tokens; see `sequenceLogProbabilities`. */
export type PairLogProbabilities = Readonly<{ chosen: Tensor1D; rejected: Tensor1D }>;

export type DpoOptions = Readonly<{
  /** How far the policy may go from its reference: larger keeps it nearer. */
  beta?: number;
  /** Share of the pairs that a person is assumed to have got the wrong way round; of `sigmoid` only. */
  labelSmoothing?: number;
  /** `sigmoid`: DPO itself. `ipo`: does not overfit certain pairs. `hinge`: SLiC. */
  loss?: 'sigmoid' | 'ipo' | 'hinge';
}>;

/** What is assumed where nothing is said; as in TRL. */
const BETA = 0.1;

/**
 * Direct preference optimisation of each pair [pairs]: how much more than its reference does the policy prefer the
 * chosen answer to the rejected one? With z = (log π/π₀ of chosen) − (log π/π₀ of rejected):
 * sigmoid −(1 − s)·log σ(βz) − s·log σ(−βz); ipo (z − 1/2β)²; hinge max(0, 1 − βz). As in TRL.
 *
 * Source: R. Rafailov et al., "Direct preference optimization" (2023); M. Azar et al., "A general theoretical paradigm
 * to understand learning from human preferences" (2024); Y. Zhao et al., "SLiC-HF" (2023).
 *
 * @param reference of the model that the policy began as, which gets no gradient; null: one that likes all answers the
 *   same (reference-free)
 */
export function dpoOfPairs(
  tf: Tf,
  policy: PairLogProbabilities,
  reference: PairLogProbabilities | null,
  { beta = BETA, labelSmoothing = 0, loss = 'sigmoid' }: DpoOptions = {},
): Tensor1D {
  const preferred = tf.sub(policy.chosen, policy.rejected);
  const z = reference ? tf.sub(preferred, tf.sub(reference.chosen, reference.rejected)) : preferred;
  if (loss === 'ipo') return tf.square(tf.sub(z, 1 / (2 * beta)));
  const scaled = tf.mul(z, beta);
  if (loss === 'hinge') return tf.relu(tf.sub(1, scaled));
  const right = tf.softplus(tf.neg(scaled));
  if (labelSmoothing === 0) return right as Tensor1D;
  return tf.add(tf.mul(right, 1 - labelSmoothing), tf.mul(tf.softplus(scaled), labelSmoothing));
}

/** The mean of `dpoOfPairs`. */
export const dpo = (
  tf: Tf,
  policy: PairLogProbabilities,
  reference: PairLogProbabilities | null,
  options: DpoOptions = {},
): Scalar => tf.mean(dpoOfPairs(tf, policy, reference, options));

/** What the policy has learnt to like, in the units of a reward: β · log π/π₀, of each answer [pairs]. */
export function dpoRewards(
  tf: Tf,
  policy: PairLogProbabilities,
  reference: PairLogProbabilities | null,
  { beta = BETA }: DpoOptions = {},
): PairLogProbabilities {
  const reward = (side: 'chosen' | 'rejected') =>
    tf.mul<Tensor1D>(reference ? tf.sub(policy[side], reference[side]) : policy[side], beta);
  return { chosen: reward('chosen'), rejected: reward('rejected') };
}
