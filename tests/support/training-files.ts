import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { category, number } from '../../domain/input.ts';
import type { JobFiles, TableTraining } from '../../domain/ports.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import { classification } from '../../domain/task.ts';
import { random } from '../../training/random.ts';
import { LOOP_SETTINGS } from '../../training/tabular/settings.ts';

/** A small model whose rule is known, and files to train it on: `stay` for more than `limit` months. */
export const plans = {
  name: 'plans',
  task: classification({ labels: ['stay', 'leave'] }),
  input: { tenure: number(), plan: category(['free', 'team']) },
};

export function planRows(count: number, seed: number, limit = 30) {
  const chance = random(seed);
  return Array.from({ length: count }, () => {
    const tenure = Math.round(60 * chance.uniform());
    const plan = chance.uniform() < 0.5 ? 'free' : 'team';
    return { input: { tenure, plan }, label: tenure > limit ? 'stay' : 'leave' };
  });
}

/** A job in this folder; its artifact goes to `outFolder`. */
export async function planJob(
  folder: string,
  { rows = 400, limit = 30, ...settings }: { rows?: number; limit?: number } & Partial<TabularSettings> = {},
): Promise<JobFiles & { training: TableTraining }> {
  const lines = (count: number, seed: number) =>
    planRows(count, seed, limit)
      .map((row) => JSON.stringify(row))
      .join('\n');
  const trainFile = path.join(folder, 'train.jsonl');
  const validationFile = path.join(folder, 'validation.jsonl');
  await writeFile(trainFile, lines(rows, 1));
  await writeFile(validationFile, lines(100, 2));
  return {
    model: plans,
    training: {
      kind: 'table',
      settings: { ...LOOP_SETTINGS, minSteps: 200, maxSteps: 400, epochs: 20, ...settings },
      search: null,
      warmStart: null,
    },
    trainFile,
    validationFile,
    outFolder: path.join(folder, 'artifact'),
    lineage: { snapshotId: 'test' },
  };
}
