import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defineDriftloop, defineModel, parseConfig } from '../../domain/config.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { TabularSettings } from '../../domain/tabular-settings.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { runTrainingJob } from '../../training/run-training-job.ts';
import { planJob, plans } from './training-files.ts';

/** The model of both. */
export const planConfig: ModelConfig = parseConfig(
  defineDriftloop({ models: [defineModel({ name: plans.name, task: plans.task, input: plans.input })] }),
).models[0]!;

/** A row to which the two versions say different labels. */
export const between = { tenure: 30, plan: 'free' } as const;

/**
 * Two versions of `plans` with opposite thresholds, in an artifact store of their own: version `vN` is the first for odd
 * N and the second for even N, so an answer under another version's name shows (`saysItsOwn`).
 */
export async function trainTwoVersions(folder: string, settings: Partial<TabularSettings> = {}) {
  const artifacts = createFolderStore(path.join(folder, 'store'));
  const digests: string[] = [];
  for (const limit of [15, 45]) {
    const inFolder = path.join(folder, `limit-${limit}`);
    await mkdir(inFolder, { recursive: true });
    const job = await planJob(inFolder, { limit, ...settings });
    await runTrainingJob(job, { onProgress: () => {} });
    digests.push((await artifacts.put(job.outFolder)).digest);
  }
  return { artifacts, refOf: (n: number) => ({ version: `v${n}`, digest: digests[(n + 1) % 2]! }) };
}

/** Whether the body of a predict answer to `between` says what the version that it names says. */
export function saysItsOwn(body: Buffer | string): boolean {
  const { predictions } = JSON.parse(body.toString()) as {
    predictions: { version: string; label: string }[];
  };
  return predictions.every(
    ({ version, label }) => label === (Number(version.slice(1)) % 2 === 1 ? 'stay' : 'leave'),
  );
}
