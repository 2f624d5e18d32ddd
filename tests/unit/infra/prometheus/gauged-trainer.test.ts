import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { Trainer, TrainingJob, TrainingReport } from '../../../../domain/ports.ts';
import type { TrainingProgress } from '../../../../domain/run.ts';
import { gaugedTrainer } from '../../../../infra/prometheus/gauged-trainer.ts';

const progress: TrainingProgress = {
  step: 7,
  steps: 9,
  epoch: 1,
  trainLoss: 0.5,
  validationLoss: null,
  learningRate: 1e-3,
  examplesPerSecond: 250,
  memoryMb: 2,
  backend: 'test',
  resumedAtStep: null,
};
const job = { model: { name: 'm' } } as TrainingJob;

test.each(['ends', 'fails'] as const)(
  'a training shows where it is while it goes on, and leaves nothing when it %s',
  async (end) => {
    const registry = new Registry();
    let during = '';
    const trainer: Trainer = {
      async fineTune(_, { onProgress }) {
        onProgress(progress);
        during = await registry.metrics();
        if (end === 'fails') throw new Error('it failed');
        return {} as TrainingReport;
      },
    };
    const heard: TrainingProgress[] = [];
    await gaugedTrainer(trainer, registry)
      .fineTune(job, { onProgress: (one) => heard.push(one) })
      .catch(() => {});
    expect(heard).toEqual([progress]);
    const values = Object.fromEntries(
      [...during.matchAll(/^driftloop_training_(\S+) (\S+)$/gm)].map(([, name, value]) => [
        name,
        Number(value),
      ]),
    );
    expect(values).toEqual({
      'step{model="m"}': 7,
      'learning_rate{model="m"}': 1e-3,
      'examples_per_second{model="m"}': 250,
      'memory_bytes{model="m"}': 2 * 2 ** 20,
      'loss{model="m",part="train"}': 0.5,
    });
    expect(await registry.metrics()).not.toContain('model="m"');
  },
);
