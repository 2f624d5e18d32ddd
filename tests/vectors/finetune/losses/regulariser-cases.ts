import type { Tf } from '../../../../training/backend.ts';
import { ewc } from '../../../../training/regularisers/ewc.ts';
import { l2Sp } from '../../../../training/regularisers/l2-sp.ts';
import { pullPenalty } from '../../../../training/regularisers/pull.ts';
import type { Pull } from '../../../../training/regularisers/pull.ts';
import { onlyKnown } from './case.ts';
import type { LossCase } from './case.ts';
import { fisherOf, isNewIn, variablesOf } from './regulariser-network.ts';
import type { Graded, Named, RegulariserVector } from './regulariser-network.ts';
import { expectRun } from './regulariser-training.ts';
import { expectAll } from './tensors.ts';

const VALUE = { rel: 1e-5, abs: 1e-7 };

/** regularisers.json: Fisher, EWC, L2-SP and rehearsal on a small network, alone and in training. */
export function regulariserCases(vector: unknown): LossCase[] {
  const v = vector as RegulariserVector;
  onlyKnown(
    v,
    'mlp theta_star theta XA YA XB YB fisher_empirical fisher_true fisher_rule ewc ewc_formula l2sp l2sp_formula training',
    'regularisers.json',
  );
  const fishers = (['empirical', 'true'] as const).map((kind): LossCase => ({
    name: `Fisher information, ${kind}`,
    run(tf) {
      const got = fisherOf(tf, v, kind);
      for (const [name, wanted] of Object.entries(v[`fisher_${kind}`]))
        expectAll(got.get(name)!, wanted, VALUE, name);
    },
  }));
  const consolidations = v.ewc.map((c): LossCase => ({
    name: `EWC ${c.fisher} λ ${c.lam}`,
    run: (tf) => expectPull(tf, v, (at) => ewc(tf, at, fisherOf(tf, v, c.fisher), c.lam), c),
  }));
  const startingPoints = v.l2sp.map((c): LossCase => ({
    name: `L2-SP α ${c.alpha} β ${c.beta}`,
    run: (tf) => expectPull(tf, v, (at) => l2Sp(tf, at, { ...c, isNew: isNewIn(v) }), c),
  }));
  const runs = Object.entries(v.training.runs).map(([name, run]): LossCase => ({
    name: `training, ${name}`,
    run: (tf) => expectRun(tf, v, name, run),
  }));
  return [...fishers, ...consolidations, ...startingPoints, ...runs];
}

/** Pulls that are made at θ*, and looked at where the weights are θ. */
function expectPull(tf: Tf, v: RegulariserVector, make: (at: Named) => Pull[], wanted: Graded): void {
  const weights = variablesOf(tf, v.theta_star);
  const pulls = make(weights);
  for (const [name, values] of Object.entries(v.theta)) weights.get(name)!.assign(tf.tensor(values));
  const { value, grads } = tf.variableGrads(() => pullPenalty(tf, pulls), [...weights.values()]);
  expectAll(value, [wanted.value], VALUE, 'value');
  for (const [name, grad] of Object.entries(wanted.grad))
    expectAll(grads[weights.get(name)!.name]!, grad, VALUE, `gradient of ${name}`);
  const squares = Object.values(grads).flatMap((g) => [...g.dataSync()].map((x) => x * x));
  const norm = Math.sqrt(squares.reduce((a, b) => a + b));
  expectAll([norm], [wanted.grad_norm], { rel: 1e-4 }, 'norm');
}
