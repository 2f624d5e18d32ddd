import { expect } from 'vitest';
import type { Tf } from '../../../../training/backend.ts';
import type { ModelConfig } from '../../../../training/models/config.ts';
import { lossAndGradients, trainOnly } from '../../../../training/models/parameters.ts';
import type { Parameters } from '../../../../training/models/parameters.ts';
import { adamw } from '../../../../training/optimization/adamw.ts';
import { parametersOf } from '../../../../training/optimization/parameter-groups.ts';
import { sgd } from '../../../../training/optimization/sgd.ts';
import { constantRate, expectRun, RUN_KEYS } from '../recorded-run.ts';
import type { RecordedRun, Run } from '../recorded-run.ts';
import { expectAfterAdamw, expectLengths, expectTensors } from '../trained-parameters.ts';
import type { Recorded } from '../trained-parameters.ts';
import { trainingTask } from '../training-task.ts';
import { expectKnownKeys, expectNumbers, lengthOf } from '../vector-model.ts';
import type { VectorCase, VectorKind, VectorModel } from '../vector-model.ts';
import { withNetwork } from '../with-network.ts';

type AdamW = { betas: [number, number]; eps: number; weight_decay: number };
type Warmed = Recorded & AdamW & Record<'peak_lr' | 'warmup_steps' | 'total_steps' | 'max_grad_norm', number>;
type Sgd = Recorded & { lr: number; momentum: number; weight_decay: number; nesterov: boolean };
type Expected = {
  adamw_cosine_warmup: Warmed;
  adamw_cosine_warmup_no_decay_on_bias_and_norm: Recorded & { peak_lr: number };
  adamw_constant_no_clip: Recorded & { lr: number };
  sgd_momentum: Sgd;
  sgd_nesterov: Sgd;
  grad_norms_step0_by_param: Record<string, number>;
  zero_gradient_params: { params: string[] };
};

const FILE = 'fullft/expected.json';
const WARMED_KEYS = [
  'peak_lr',
  'warmup_steps',
  'total_steps',
  'betas',
  'eps',
  'weight_decay',
  'decay',
  'max_grad_norm',
  'param_l2_after_5',
];
const SGD_KEYS = ['lr', 'momentum', 'dampening', 'weight_decay', 'nesterov', 'clip', 'param_l2_after_5'];

/** Every parameter of a model trained: the gradients, and steps of AdamW and SGD as they were recorded. */
export const fullTraining: VectorKind = {
  covers: (file) =>
    /^fullft\/(expected\.json|(grads_step0|adamw_after_5|sgd_after_5)\.safetensors)$/.test(file),
  cases: (model) => (model.files.includes(FILE) ? casesOf(model) : []),
};

function casesOf(model: VectorModel): VectorCase[] {
  const expected = model.json(FILE) as Expected;
  const warmed = expected.adamw_cosine_warmup;
  const noDecay = expected.adamw_cosine_warmup_no_decay_on_bias_and_norm;
  const constant = expected.adamw_constant_no_clip;
  const [beta1, beta2] = warmed.betas;
  const rule = adamw({ beta1, beta2, epsilon: warmed.eps, weightDecay: warmed.weight_decay });
  const rising = ({ peak_lr: rate }: { peak_lr: number }): Run['rates'] => ({
    schedule: { kind: 'cosine' },
    rate,
    warmupSteps: warmed.warmup_steps,
    steps: warmed.total_steps,
  });
  const known: Record<keyof Expected, (tf: Tf) => Promise<void>> = {
    grad_norms_step0_by_param: (tf) => gradientsAgree(tf, model, expected),
    zero_gradient_params: async () => {
      expectKnownKeys(expected.zero_gradient_params, ['params', 'note'], 'zero_gradient_params');
    },
    adamw_cosine_warmup: (tf) => {
      expectKnownKeys(warmed, [...RUN_KEYS, ...WARMED_KEYS], 'adamw_cosine_warmup');
      const how = { rule, rates: rising(warmed), maxNorm: warmed.max_grad_norm };
      return train(tf, model, how, warmed, 'all', (parameters) =>
        expectAfterAdamw(model, expected.zero_gradient_params.params, warmed, parameters),
      );
    },
    adamw_cosine_warmup_no_decay_on_bias_and_norm: (tf) => {
      expectKnownKeys(noDecay, [...RUN_KEYS, 'peak_lr', 'rule'], 'adamw without decay');
      const how = { rule, rates: rising(noDecay), maxNorm: warmed.max_grad_norm };
      return train(tf, model, how, noDecay, 'matrices');
    },
    adamw_constant_no_clip: (tf) => {
      expectKnownKeys(constant, [...RUN_KEYS, 'lr'], 'adamw_constant_no_clip');
      return train(tf, model, { rule, rates: constantRate(constant.lr) }, constant, 'all');
    },
    sgd_momentum: (tf) =>
      descend(tf, model, expected.sgd_momentum, (parameters) =>
        expectTensors(model, 'fullft/sgd_after_5.safetensors', parameters, { abs: 1e-5 }),
      ),
    sgd_nesterov: (tf) => descend(tf, model, expected.sgd_nesterov),
  };
  return [
    {
      title: 'all parameters: nothing is left out',
      run: () => expectKnownKeys(expected, Object.keys(known), FILE),
    },
    ...Object.entries(known).map(([key, run]) => ({ title: `all parameters: ${key}`, run })),
  ];
}

async function gradientsAgree(tf: Tf, model: VectorModel, expected: Expected): Promise<void> {
  const task = trainingTask(model);
  await withNetwork<ModelConfig>(tf, model.folder, task.head, ({ config, weights, parameters }) => {
    trainOnly(parameters, () => true);
    const { loss, gradients } = lossAndGradients(tf, parameters, () => task.loss(tf, config, weights));
    const norms = expected.grad_norms_step0_by_param;
    expect([...gradients.keys()].sort()).toEqual(Object.keys(norms).sort());
    for (const [name, gradient] of gradients)
      expectNumbers(
        [lengthOf(gradient.dataSync())],
        [norms[name]!],
        { rel: 1e-4, abs: 1e-6 },
        `norm of the gradient of ${name}`,
      );
    for (const [name, { values }] of model.tensors('fullft/grads_step0.safetensors'))
      expectNumbers(gradients.get(name)!.dataSync(), values, { rel: 1e-4, abs: 1e-6 }, `gradient of ${name}`);
    tf.dispose([loss, ...gradients.values()]);
  });
}

async function descend(
  tf: Tf,
  model: VectorModel,
  recorded: Sgd,
  after?: (parameters: Parameters) => void,
): Promise<void> {
  expectKnownKeys(recorded, [...RUN_KEYS, ...SGD_KEYS], 'a run of SGD');
  const rule = sgd({
    momentum: recorded.momentum,
    nesterov: recorded.nesterov,
    weightDecay: recorded.weight_decay,
  });
  const how = { rule, rates: constantRate(recorded.lr) };
  await train(tf, model, how, recorded, 'all', (parameters) => {
    expectLengths(recorded, parameters, []);
    after?.(parameters);
  });
}

/** `after` is called when all steps have been taken. */
async function train(
  tf: Tf,
  model: VectorModel,
  how: Pick<Run, 'rule' | 'rates' | 'maxNorm'>,
  recorded: RecordedRun,
  decay: 'all' | 'matrices',
  after: (parameters: Parameters) => void = () => undefined,
): Promise<void> {
  const task = trainingTask(model);
  await withNetwork<ModelConfig>(tf, model.folder, task.head, ({ config, weights, parameters }) => {
    trainOnly(parameters, () => true);
    const run: Run = {
      ...how,
      parameters: parametersOf(parameters, { decay }),
      loss: () => task.loss(tf, config, weights),
    };
    expectRun(tf, run, recorded);
    after(parameters);
  });
}
