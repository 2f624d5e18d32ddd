import path from 'node:path';
import { expect } from 'vitest';
import { loraParameters, trainLora, withLora } from '../../../../training/adapters/lora.ts';
import type { Tf } from '../../../../training/backend.ts';
import type { Parameters } from '../../../../training/models/parameters.ts';
import { adamw } from '../../../../training/optimization/adamw.ts';
import { parametersOf } from '../../../../training/optimization/parameter-groups.ts';
import { sgd } from '../../../../training/optimization/sgd.ts';
import { familyOf } from '../decoder-vectors.ts';
import { loraCases, readLoraVectors } from '../lora-vectors.ts';
import { constantRate, expectRun, RUN_KEYS } from '../recorded-run.ts';
import type { RecordedRun, Run } from '../recorded-run.ts';
import { TRAIN_BATCH, trainingTask } from '../training-task.ts';
import { expectKnownKeys, expectNumbers } from '../vector-model.ts';
import type { VectorCase, VectorKind, VectorModel } from '../vector-model.ts';
import { withAdapter } from '../with-adapter.ts';

/** Steps of AdamW and of plain descent on adapters, clipped as recorded. */
export const loraTraining: VectorKind = {
  covers: (file, model) =>
    /^lora\/\w+\/adapter_after_\d+_steps\.safetensors$/.test(file) ||
    (file === TRAIN_BATCH && familyOf(model) !== null),
  cases: (model) =>
    loraCases(model).length === 0
      ? []
      : [
          ...loraCases(model).map((name) => ({
            title: `LoRA ${name}: steps of AdamW`,
            run: (tf: Tf) => adamwAgrees(tf, model, name),
          })),
          ...clippedRuns(model),
          { title: 'LoRA: nothing is left out', run: () => expectNothingElse(model) },
        ],
};

/** What `lora/expected.json` says beside its cases and its other runs. */
const SETTING_KEYS = [
  'r',
  'alpha',
  'scaling',
  'target_modules',
  'modules_to_save',
  'fan_in_fan_out',
  'optimizer',
  'cases',
  'logits_note',
];
const OPTIMIZER_KEYS = [
  'name',
  'lr',
  'betas',
  'eps',
  'weight_decay',
  'max_grad_norm',
  'schedule',
  'dropout',
  'decay_applies_to',
];

function optimizerOf(model: VectorModel) {
  const { optimizer } = readLoraVectors(model);
  expectKnownKeys(optimizer, OPTIMIZER_KEYS, 'optimizer');
  const [beta1, beta2] = optimizer.betas;
  const rule = adamw({ beta1, beta2, epsilon: optimizer.eps, weightDecay: optimizer.weight_decay });
  return { rule, rate: optimizer.lr, maxNorm: optimizer.max_grad_norm };
}

async function adamwAgrees(tf: Tf, model: VectorModel, name: string): Promise<void> {
  const expected = readLoraVectors(model).cases[name]!;
  const { rule, rate, maxNorm } = optimizerOf(model);
  expectNumbers([expected.train.losses[1]!], [expected.loss_after_1_step], {}, 'the vectors themselves');
  const compared: number[] = [];
  await train(
    tf,
    model,
    name,
    { rule, rates: constantRate(rate), maxNorm },
    expected.train,
    (trained, steps) => {
      const file = `lora/${name}/adapter_after_${steps}_steps.safetensors`;
      if (!model.files.includes(file)) return;
      compared.push(steps);
      for (const [parameter, { values }] of model.tensors(file))
        expectNumbers(
          trained.get(parameter)!.dataSync(),
          values,
          { abs: 1e-4 },
          `${parameter}, step ${steps}`,
        );
    },
  );
  const kept = model.files.filter((file) => file.startsWith(`lora/${name}/adapter_after_`));
  expect(compared).toHaveLength(kept.length);
}

/** `tight_clip_<norm>_<case>_<n>_steps`, and the same for plain descent with a rate so many times higher. */
const CLIPPED = /^(sgd_plain_)?tight_clip_([\d.]+)_(\w+?)_\d+_steps(?:_lr_x([\d.]+))?$/;

function clippedRuns(model: VectorModel): VectorCase[] {
  const vectors = readLoraVectors(model);
  return Object.keys(vectors).flatMap((key) => {
    const [matched, plain, norm, name, times = 1] = CLIPPED.exec(key) ?? [];
    if (!matched) return [];
    const recorded = vectors[key] as RecordedRun;
    return {
      title: `LoRA: ${key}`,
      run: async (tf: Tf) => {
        expectKnownKeys(recorded, RUN_KEYS, key);
        const { rule, rate } = optimizerOf(model);
        const rates = constantRate(rate * Number(times));
        await train(tf, model, name!, { rule: plain ? sgd() : rule, rates, maxNorm: Number(norm) }, recorded);
      },
    };
  });
}

function expectNothingElse(model: VectorModel): void {
  const others = Object.fromEntries(
    Object.entries(readLoraVectors(model)).filter(([key]) => !CLIPPED.test(key)),
  );
  expectKnownKeys(others, SETTING_KEYS, 'lora/expected.json');
}

async function train(
  tf: Tf,
  model: VectorModel,
  name: string,
  how: Pick<Run, 'rule' | 'rates' | 'maxNorm'>,
  recorded: RecordedRun,
  after: (trained: Parameters, steps: number) => void = () => undefined,
): Promise<void> {
  const task = trainingTask(model);
  const folder = path.join(model.folder, 'lora', name);
  await withAdapter(tf, model, folder, ({ config, weights, parameters }, adapter) => {
    const adapted = withLora(tf, weights, adapter);
    trainLora(adapter, parameters);
    const trained = loraParameters(adapter, parameters);
    const run: Run = {
      ...how,
      parameters: parametersOf(trained, { decay: 'all' }),
      loss: () => task.loss(tf, config, adapted),
      after: (steps) => after(trained, steps),
    };
    expectRun(tf, run, recorded);
  });
}
