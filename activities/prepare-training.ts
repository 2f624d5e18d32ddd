import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { truthOfText } from '../domain/answer-text.ts';
import type { SnapshotPart } from '../domain/examples.ts';
import type { Learnt } from '../domain/golden.ts';
import type { InputRow } from '../domain/input.ts';
import type { ModelConfig } from '../domain/model-config.ts';
import type { TrainingJob } from '../domain/ports.ts';
import type { DeclaredTask } from '../domain/task.ts';
import { writeLabelledFile } from '../training/labelled-file.ts';
import { learnMore } from '../training/learnt-file.ts';
import { chooseTraining } from './choose-training.ts';
import { keptApart } from './kept-apart.ts';
import type { FineTuning } from './fine-tune.ts';
import { learntBefore } from './learnt-rows.ts';
import { keepsOld } from './old-rows.ts';
import type { Ports } from './ports.ts';

type Needed = Pick<Ports, 'models' | 'versions' | 'snapshots' | 'artifacts' | 'bases'>;

export type Prepared = {
  job: TrainingJob;
  parent: string | null;
  /** What the version that comes of it will have learnt, what it goes on from included. */
  learnt: Learnt;
  note: string | null;
};

/** The files of a training, in a folder that is there for its time only. */
export async function prepareTraining(ports: Needed, tuning: FineTuning, scratch: string): Promise<Prepared> {
  const { model, configDigest, snapshotId } = tuning;
  const config = await ports.models.getPinned(model, configDigest);
  const champion = await ports.versions.champion(model);
  const outFolder = path.join(scratch, 'artifact');
  await mkdir(outFolder);
  const parent = champion?.version ?? null;
  const write = (part: SnapshotPart) => materialise(ports, config.task, snapshotId, part, scratch);
  const isRecalibrated = tuning.recalibrates === true && champion !== null;
  const [train, validation] = [await write('train'), await write('validation')];
  const old =
    isRecalibrated || !keepsOld(config)
      ? null
      : { rehearsal: await write('rehearsal'), golden: await write('golden') };
  const chosen = isRecalibrated
    ? recalibration(await ports.artifacts.open(champion.digest))
    : await chooseTraining(config, {
        champion: async () => champion && (await ports.artifacts.open(champion.digest)),
        old: old && { rehearsal: old.rehearsal.file, golden: old.golden.file },
        bases: ports.bases,
      });
  const { training, note } = await keptApart(ports.artifacts, config, chosen, scratch);
  const { lineage } = chosen;
  const before = await learntBefore(ports, { config, training, champion: parent });
  // What only measures is known to a training, too: it says how far to go.
  const parts = [train, validation, ...(old === null ? [] : [old.rehearsal, old.golden])];
  return {
    parent,
    learnt: learntOf(parts, config.input, before),
    note,
    job: {
      model: { name: config.name, task: config.task, input: config.input },
      training,
      trainFile: train.file,
      validationFile: validation.file,
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

type Part = { file: string; inputs: InputRow[]; erased: number };

/** What these parts teach whoever had learnt that before. An erased row may have been learnt before a checkpoint. */
function learntOf(parts: readonly Part[], input: ModelConfig['input'], before: Learnt): Learnt {
  const learnt = learnMore(
    before,
    input,
    parts.flatMap(({ inputs }) => inputs),
  );
  return { ...learnt, isWhole: learnt.isWhole && parts.every(({ erased }) => erased === 0) };
}

/** JSON lines of what a snapshot names, for the time of this training only, and what stands in them. */
async function materialise(
  { snapshots }: Needed,
  task: DeclaredTask,
  snapshotId: string,
  part: SnapshotPart,
  folder: string,
): Promise<Part> {
  const file = path.join(folder, `${part}.jsonl`);
  const { examples, erased } = await snapshots.read(snapshotId, part);
  const lines = examples.map(({ input, label }) => ({ input, label: truthOfText(task, label) }));
  await writeLabelledFile(file, lines);
  return { file, inputs: lines.map(({ input }) => input), erased };
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
