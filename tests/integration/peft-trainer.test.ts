import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../domain/config.ts';
import { text } from '../../domain/input.ts';
import type { TrainingJob } from '../../domain/ports.ts';
import type { EpochScore } from '../../domain/run.ts';
import { classification } from '../../domain/task.ts';
import { trainerSchema } from '../../domain/trainer-config.ts';
import { createCommandTrainer } from '../../infra/command/command-trainer.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { pythonWithPeft } from '../support/python-with-peft.ts';
import { needsShared, shared } from '../support/shared-data.ts';

/** examples/peft-trainer on a tiny random Llama, where Python has PyTorch and PEFT. */

const program = fileURLToPath(new URL('../../examples/peft-trainer/train.py', import.meta.url));
const environment = pythonWithPeft();

const labels = ['delivery', 'refund'];
const words = { delivery: ['where', 'parcel', 'late'], refund: ['money', 'back', 'price'] };
const rows = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const label = i % 2 === 0 ? 'delivery' : 'refund';
    const [a, b, c] = words[label];
    return { input: { text: i % 3 === 0 ? `${a} ${b}` : `${c} ${a} ${b}` }, label };
  });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-peft-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const needed = needsShared('vectors/finetune/llama-untied');
test(
  'the PEFT example trains a LoRA of a tiny Llama, tells how, and answers with it',
  { skip: needed.skip || environment === null },
  async () => {
    const base = path.join(folder, 'base');
    await cp(shared('vectors/finetune/llama-untied'), base, { recursive: true });
    const lines = (count: number) =>
      rows(count)
        .map((row) => JSON.stringify(row))
        .join('\n');
    const [trainFile, validationFile] = [
      path.join(folder, 'train.jsonl'),
      path.join(folder, 'held-out.jsonl'),
    ];
    await writeFile(trainFile, lines(64));
    await writeFile(validationFile, lines(16));
    const python = Object.entries(environment!).map(([name, value]) => `${name}=${value}`);
    const trainer = trainerSchema.parse(
      command(
        [
          'env',
          'HF_HUB_OFFLINE=1',
          'CUDA_VISIBLE_DEVICES=',
          'OMP_NUM_THREADS=1',
          ...python,
          'python3',
          program,
        ],
        {
          settings: { base, rank: 4, epochs: 4, learningRate: 0.01, batchSize: 8 },
        },
      ),
    );
    if (trainer.kind !== 'command') throw new Error('no program');
    const job: TrainingJob = {
      model: { name: 'messages', task: classification({ labels }), input: { text: text() } },
      training: {
        kind: 'program',
        trainer,
        wish: null,
        base: { kind: 'scratch' },
        champion: null,
        old: null,
      },
      trainFile,
      validationFile,
      outFolder: path.join(folder, 'v1'),
      lineage: {},
      checkpoint: { file: path.join(folder, 'checkpoint') },
    };
    const curve: EpochScore[] = [];
    let kept = 0;
    const report = await createCommandTrainer().fineTune(job, {
      onProgress: () => {},
      onEpoch: (score) => curve.push(score),
      onCheckpoint: () => (kept += 1),
    });
    expect(report).toMatchObject({ steps: 32, epochs: 4, backend: 'pytorch-cpu' });
    expect(curve.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(curve.at(-1)!.trainLoss).toBeLessThan(curve[0]!.trainLoss);
    expect(report.validationLoss).toBeLessThan(0.5);
    expect(kept).toBeGreaterThan(0);
    expect(await readdir(job.outFolder)).toEqual(
      expect.arrayContaining(['adapter_config.json', 'adapter_model.safetensors', 'driftloop.json']),
    );
    const { reference } = await describeVersion(job.outFolder);
    expect(Object.keys(reference.labels).sort()).toEqual(labels);
  },
);
