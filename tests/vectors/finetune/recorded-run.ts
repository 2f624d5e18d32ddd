import type { Scalar } from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Tf } from '../../../training/backend.ts';
import { accumulatedGradients } from '../../../training/optimization/gradient-accumulation.ts';
import { createOptimizer } from '../../../training/optimization/optimizer.ts';
import type { Parameter } from '../../../training/optimization/parameter.ts';
import { learningRateAt } from '../../../training/optimization/schedule.ts';
import type { RatePlan } from '../../../training/optimization/schedule.ts';
import type { UpdateRule } from '../../../training/optimization/update-rule.ts';
import { expectNumbers } from './vector-model.ts';

/** A training that was recorded: `losses[i]` before step i, the last one after the last step. */
export type RecordedRun = {
  losses: number[];
  grad_norms_before_clip: number[];
  clipped: boolean[];
  lr_used: number[];
};

/** The keys of a recorded run that are compared, or say how exact it is. */
export const RUN_KEYS = [
  'losses',
  'grad_norms_before_clip',
  'clipped',
  'lr_used',
  'losses_f64_run',
  'max_abs_loss_diff_f32_f64',
  'max_abs_param_diff_f32_f64_where_grad_gt_1e-5',
  'max_abs_param_diff_f32_f64_all_elements',
];

export type Run = {
  parameters: Parameter[];
  rule: UpdateRule;
  loss: () => Scalar;
  rates: Omit<RatePlan, 'steps'> & { steps?: number };
  maxNorm?: number;
  /** Called after each step, with how many have been taken. */
  after?: (steps: number) => void;
};

export const constantRate = (rate: number): Run['rates'] => ({
  schedule: { kind: 'constant' },
  rate,
  warmupSteps: 0,
});

/** Trains as it was recorded, and expects the same losses, norms, rates and clipping. */
export function expectRun(
  tf: Tf,
  { parameters, rule, loss, rates, maxNorm, after = () => undefined }: Run,
  recorded: RecordedRun,
): void {
  const steps = recorded.lr_used.length;
  const variables = parameters.map(({ variable }) => variable);
  const optimizer = createOptimizer(tf, rule, parameters);
  const losses: number[] = [];
  const norms: number[] = [];
  const used: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    const rate = learningRateAt({ steps, ...rates }, step);
    tf.tidy(() => {
      const { loss: value, gradients } = accumulatedGradients(tf, variables, [{ weight: 1, loss }]);
      const norm = optimizer.step(gradients, { rate, ...(maxNorm === undefined ? {} : { maxNorm }) });
      losses.push(value.dataSync()[0]!);
      norms.push(norm.dataSync()[0]!);
    });
    used.push(rate);
    after(step + 1);
  }
  losses.push(tf.tidy(() => loss().dataSync()[0]!));
  optimizer.dispose();
  expectNumbers(losses.slice(0, 1), recorded.losses.slice(0, 1), { rel: 1e-5 }, 'first loss');
  expectNumbers(losses, recorded.losses, { rel: 1e-4 }, 'losses');
  expectNumbers(norms, recorded.grad_norms_before_clip, { rel: 1e-4 }, 'norms of gradients');
  expectNumbers(used, recorded.lr_used, { abs: 1e-9 }, 'learning rates');
  expect(norms.map((norm) => maxNorm !== undefined && norm > maxNorm)).toEqual(recorded.clipped);
}
