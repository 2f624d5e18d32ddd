import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import { accumulatedGradients } from '../../../../training/optimization/gradient-accumulation.ts';
import type { MicroBatch } from '../../../../training/optimization/gradient-accumulation.ts';
import { createOptimizer } from '../../../../training/optimization/optimizer.ts';
import { parametersOf } from '../../../../training/optimization/parameter-groups.ts';
import { sgd } from '../../../../training/optimization/sgd.ts';
import { ewc } from '../../../../training/regularisers/ewc.ts';
import { l2Sp } from '../../../../training/regularisers/l2-sp.ts';
import { pullPenalty } from '../../../../training/regularisers/pull.ts';
import type { Pull } from '../../../../training/regularisers/pull.ts';
import { fisherOf, isNewIn, lossOf, variablesOf } from './regulariser-network.ts';
import type { Named, RegulariserVector, Run } from './regulariser-network.ts';
import { expectAll } from './tensors.ts';

const CLOSE = { rel: 1e-4 };
/** `SGD lr 0.1 momentum 0.9, 10 full-batch steps on task B` */
const OPTIMIZER = /^SGD lr [\d.]+ momentum ([\d.]+), (\d+) full-batch steps on task B$/;
/** `0.75*CE(B) + 0.25*CE(first 8 of A)` */
const REPLAY = /^([\d.]+)\*CE\(B\) \+ ([\d.]+)\*CE\(first (\d+) of A\)$/;

/** Takes the steps of a run, and expects its losses and what they leave of both tasks. */
export function expectRun(tf: Tf, v: RegulariserVector, name: string, run: Run): void {
  const [, momentum, steps] = OPTIMIZER.exec(v.training.optimizer)!;
  expect(v.training.start).toBe('theta_star');
  const weights = variablesOf(tf, v.theta_star);
  const parts = partsOf(tf, v, name, weights);
  const optimizer = createOptimizer(tf, sgd({ momentum: Number(momentum) }), parametersOf(weights));
  const variables = [...weights.values()];
  const losses: number[] = [];
  const norms: number[] = [];
  for (let step = 0; step < Number(steps); step += 1) {
    const { loss, gradients } = accumulatedGradients(tf, variables, parts);
    losses.push(loss.dataSync()[0]!);
    norms.push(optimizer.step(gradients, { rate: run.lr_used[step]! }).dataSync()[0]!);
    expect(run.clipped[step]).toBe(false);
  }
  losses.push(accumulatedGradients(tf, variables, parts).loss.dataSync()[0]!);
  expectAll(losses, run.losses, CLOSE, 'losses');
  expectAll(norms, run.grad_norms_before_clip, CLOSE, 'norms');
  expectAll(lossOf(tf, weights, v.XA, v.YA), [run.taskA_loss_after], CLOSE, 'loss of A after');
  expectAll(lossOf(tf, weights, v.XB, v.YB), [run.taskB_loss_after], CLOSE, 'loss of B after');
  optimizer.dispose();
}

/** The loss, by the name of the run: `plain`, `ewc_empirical_lam50`, `l2sp_a0.1_b0.01`, `replay_ratio0.25`. */
function partsOf(tf: Tf, v: RegulariserVector, run: string, weights: Named): MicroBatch[] {
  const taskB = () => lossOf(tf, weights, v.XB, v.YB);
  const withPulls = (pulls: Pull[]): MicroBatch[] => [
    { weight: 1, loss: () => tf.add(taskB(), pullPenalty(tf, pulls)) },
  ];
  if (run === 'plain') return [{ weight: 1, loss: taskB }];
  const [, fisher, lambda] = /^ewc_([a-z]+)_lam([\d.]+)$/.exec(run) ?? [];
  if (fisher) return withPulls(ewc(tf, weights, fisherOf(tf, v, fisher), Number(lambda)));
  const [, alpha, beta] = /^l2sp_a([\d.]+)_b([\d.]+)$/.exec(run) ?? [];
  if (alpha)
    return withPulls(l2Sp(tf, weights, { alpha: Number(alpha), beta: Number(beta), isNew: isNewIn(v) }));
  const ratio = /^replay_ratio([\d.]+)$/.exec(run)?.[1];
  if (!ratio) throw new Error(`regularisers.json: no test knows the run ${run}`);
  const [, fresh, old, rows] = REPLAY.exec(v.training.replay)!;
  expect(Number(old)).toBe(Number(ratio));
  const first = <T>(of: readonly T[]): T[] => of.slice(0, Number(rows));
  return [
    { weight: Number(fresh), loss: taskB },
    { weight: Number(old), loss: () => lossOf(tf, weights, first(v.XA), first(v.YA)) },
  ];
}
