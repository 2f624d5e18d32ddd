import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { truthOfText } from '../domain/answer-text.ts';
import type { SnapshotPart } from '../domain/examples.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { OldFiles, TrainingJob } from '../domain/ports.ts';
import type { DeclaredTask } from '../domain/task.ts';
import { writeLabelledFile } from '../training/labelled-file.ts';
import { chooseTraining } from './choose-training.ts';
import type { FineTuning } from './fine-tune.ts';
import { keepsOld } from './old-rows.ts';
import type { Ports } from './ports.ts';

type Needed = Pick<Ports, 'models' | 'versions' | 'snapshots' | 'artifacts' | 'bases'>;

/** The files of a training, in a folder that is there for its time only. */
export async function prepareTraining(
  ports: Needed,
  tuning: FineTuning,
  scratch: string,
): Promise<{ job: TrainingJob; parent: string | null; wentOnFrom: string | null; note: string | null }> {
  const { model, configDigest, snapshotId } = tuning;
  const config = await ports.models.getPinned(model, configDigest);
  const champion = await ports.versions.champion(model);
  const outFolder = path.join(scratch, 'artifact');
  await mkdir(outFolder);
  const parent = champion?.version ?? null;
  const { training, lineage, note } =
    tuning.recalibrates === true && champion !== null
      ? recalibration(await ports.artifacts.open(champion.digest))
      : await chooseTraining(config, {
          champion: async () => champion && (await ports.artifacts.open(champion.digest)),
          old: keepsOld(config) ? await materialiseOld(ports, config.task, snapshotId, scratch) : null,
          bases: ports.bases,
        });
  return {
    parent,
    wentOnFrom: goesOnFromChampion(training, config) ? parent : null,
    note,
    job: {
      model: { name: config.name, task: config.task, input: config.input },
      training,
      trainFile: await materialise(ports, config.task, snapshotId, 'train', scratch),
      validationFile: await materialise(ports, config.task, snapshotId, 'validation', scratch),
      outFolder,
      lineage: { ...lineage, ...lineageOf(tuning, parent) },
    },
  };
}

const recalibration = (champion: string) => ({
  training: { kind: 'recalibration' as const, champion },
  lineage: {},
  note: null,
});

/** Whether a training goes on from the champion's weights. */
function goesOnFromChampion(training: TrainingJob['training'], { base }: Pick<ModelConfig, 'base'>): boolean {
  switch (training.kind) {
    case 'recalibration':
      return true;
    case 'table':
      return training.warmStart !== null;
    case 'program':
      return training.champion !== null;
    case 'text':
    case 'image':
      return base.kind === 'champion' && training.base !== null;
    default:
      return training satisfies never;
  }
}

/** JSON lines of what a snapshot names, for the time of this training only. */
async function materialise(
  { snapshots }: Needed,
  task: DeclaredTask,
  snapshotId: string,
  part: SnapshotPart,
  folder: string,
): Promise<string> {
  const file = path.join(folder, `${part}.jsonl`);
  const { examples } = await snapshots.read(snapshotId, part);
  const lines = examples.map(({ input, label }) => ({ input, label: truthOfText(task, label) }));
  await writeLabelledFile(file, lines);
  return file;
}

async function materialiseOld(
  ports: Needed,
  task: DeclaredTask,
  snapshotId: string,
  folder: string,
): Promise<OldFiles> {
  return {
    rehearsal: await materialise(ports, task, snapshotId, 'rehearsal', folder),
    golden: await materialise(ports, task, snapshotId, 'golden', folder),
  };
}

const lineageOf = (
  { runId, configDigest, snapshotId }: FineTuning,
  parent: string | null,
): Record<string, string> => ({
  runId,
  snapshotId,
  configDigest,
  ...(parent === null ? {} : { parent }),
});
