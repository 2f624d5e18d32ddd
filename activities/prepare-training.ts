import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { SnapshotPart } from '../domain/examples.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { TrainingJob } from '../domain/ports.ts';
import { writeLabelledFile } from '../training/labelled-file.ts';
import { tabularSettings } from '../training/tabular/settings.ts';
import type { FineTuning } from './fine-tune.ts';
import type { Ports } from './ports.ts';

type Needed = Pick<Ports, 'models' | 'versions' | 'snapshots' | 'artifacts'>;

/** The files of a training, in a folder that is there for its time only. */
export async function prepareTraining(
  ports: Needed,
  tuning: FineTuning,
  scratch: string,
): Promise<{ job: TrainingJob; parent: string | null }> {
  const { model, configDigest, snapshotId } = tuning;
  const config = await ports.models.getPinned(model, configDigest);
  const champion = await ports.versions.champion(model);
  const outFolder = path.join(scratch, 'artifact');
  await mkdir(outFolder);
  const parent = champion?.version ?? null;
  return {
    parent,
    job: {
      model: { name: config.name, task: config.task, input: config.input },
      fineTune: tabularSettings(config.fineTune),
      trainFile: await materialise(ports, snapshotId, 'train', scratch),
      validationFile: await materialise(ports, snapshotId, 'validation', scratch),
      warmStart: await warmStartOf(ports, config, champion?.digest ?? null),
      outFolder,
      lineage: lineageOf(tuning, parent),
    },
  };
}

/** JSON lines of what a snapshot names, for the time of this training only. */
async function materialise(
  { snapshots }: Needed,
  snapshotId: string,
  part: SnapshotPart,
  folder: string,
): Promise<string> {
  const file = path.join(folder, `${part}.jsonl`);
  const { examples } = await snapshots.read(snapshotId, part);
  await writeLabelledFile(file, examples);
  return file;
}

const warmStartOf = async ({ artifacts }: Needed, { base }: ModelConfig, digest: string | null) =>
  base.kind === 'champion' && digest !== null ? await artifacts.open(digest) : null;

const lineageOf = (
  { runId, configDigest, snapshotId }: FineTuning,
  parent: string | null,
): Record<string, string> => ({
  runId,
  snapshotId,
  configDigest,
  ...(parent === null ? {} : { parent }),
});
