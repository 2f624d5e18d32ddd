import type { Tensor1D, Variable } from '@tensorflow/tfjs';
import { dpo, dpoOfPairs, dpoRewards } from '../../../../training/losses/dpo.ts';
import { expect } from 'vitest';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';
import { expectAll, valueAndGradients } from './tensors.ts';

type Vector = {
  policy_chosen_logps: number[];
  policy_rejected_logps: number[];
  reference_chosen_logps: number[];
  reference_rejected_logps: number[];
  cases: {
    loss_type: 'sigmoid' | 'ipo' | 'hinge';
    beta: number;
    label_smoothing: number;
    losses: number[];
    mean_loss: number;
    grad_policy_chosen: number[];
    grad_policy_rejected: number[];
    chosen_rewards: number[];
    rejected_rewards: number[];
    reward_accuracy: number;
  }[];
};

const CLOSE = { rel: 1e-5, abs: 1e-6 };

/** dpo.json: losses, gradients and rewards of given log-probabilities. */
export function dpoCases(vector: unknown): LossCase[] {
  const v = vector as Vector;
  onlyKnown(
    v,
    'policy_chosen_logps policy_rejected_logps reference_chosen_logps ' +
      'reference_rejected_logps formula implementation cases',
    'dpo.json',
  );
  return v.cases.map((c) => ({
    name: `DPO ${c.loss_type} β ${c.beta} smoothing ${c.label_smoothing}`,
    run(tf) {
      expect(['sigmoid', 'ipo', 'hinge']).toContain(c.loss_type);
      const policy = { chosen: v.policy_chosen_logps, rejected: v.policy_rejected_logps };
      const reference = {
        chosen: tf.tensor1d(v.reference_chosen_logps),
        rejected: tf.tensor1d(v.reference_rejected_logps),
      };
      const options = { loss: c.loss_type, beta: c.beta, labelSmoothing: c.label_smoothing };
      const asPair = (given: Record<'chosen' | 'rejected', Variable>) =>
        given as unknown as Record<'chosen' | 'rejected', Tensor1D>;
      const { value, gradients } = valueAndGradients(tf, policy, (given) =>
        dpo(tf, asPair(given), reference, options),
      );
      expectAll([value], [c.mean_loss], { rel: 1e-5 }, 'loss');
      expectAll(gradients.chosen, c.grad_policy_chosen, CLOSE, 'gradient of chosen');
      expectAll(gradients.rejected, c.grad_policy_rejected, CLOSE, 'gradient of rejected');
      const given = { chosen: tf.tensor1d(policy.chosen), rejected: tf.tensor1d(policy.rejected) };
      expectAll(dpoOfPairs(tf, given, reference, options), c.losses, CLOSE, 'losses of the pairs');
      const rewards = dpoRewards(tf, given, reference, options);
      expectAll(rewards.chosen, c.chosen_rewards, CLOSE, 'rewards of chosen');
      expectAll(rewards.rejected, c.rejected_rewards, CLOSE, 'rewards of rejected');
      const preferred = tf.mean(tf.cast(tf.greater(rewards.chosen, rewards.rejected), 'float32'));
      expectAll(preferred, [c.reward_accuracy], CLOSE, 'accuracy of the rewards');
    },
  }));
}
