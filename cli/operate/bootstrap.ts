import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { textOfAnswer, truthOfText } from '../../domain/answer-text.ts';
import { count } from '../../domain/count.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { imageOf } from '../../domain/input.ts';
import type { InputRow } from '../../domain/input.ts';
import type { ModelConfig } from '../../domain/model-config.ts';
import type { Person } from '../../domain/person.ts';
import type { TrainingProgress } from '../../domain/run.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import type { Version } from '../../domain/version.ts';
import { isRight } from '../../statistics/is-right.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { learnMore, writeLearnt } from '../../training/learnt-file.ts';
import { writeLabelledFile } from '../../training/labelled-file.ts';
import { validationShareOf } from '../../training/tabular/settings.ts';
import type { Columns } from '../data/records.ts';
import { openCsv } from '../demo/streams/csv.ts';
import { takeRows } from '../demo/streams/stream.ts';
import { chooseTraining } from '../../activities/choose-training.ts';
import { keptApart } from '../../activities/kept-apart.ts';
import { learntBefore } from '../../activities/learnt-rows.ts';
import type { Stores } from '../../infra/postgres/open-stores.ts';
import type { FineTuning } from './installation.ts';
import { LEAST_ROWS } from './least-rows.ts';

/** Newest share of the rows that the first champion never sees; it is tested on them. */
const testShare = 0.1;

export type Bootstrap = {
  model: ModelConfig;
  rows: readonly InputRow[];
  /** As domain/answer-text.ts writes them. */
  labels: readonly string[];
  stores: Stores;
  tuning: FineTuning;
  person: Pick<Person, 'name' | 'via'>;
  onProgress?: (progress: TrainingProgress) => void;
};

/** The first rows of a file, images as the loop keeps them. */
export async function readExamples(
  model: ModelConfig,
  { data, rows: to = Infinity, columns }: { data: string; rows?: number; columns: Columns },
): Promise<{ row: InputRow; label: string }[]> {
  if (model.task.kind === 'generation') {
    const { readPromptRows } = await import('../offline/generation/prompt-rows.ts');
    return await readPromptRows(data, { model, columns, to });
  }
  if (imageOf(model.input) === null) return await takeRows(await openCsv(data, model, columns), { to });
  const { readImageRows } = await import('../offline/image/image-rows.ts');
  return await readImageRows(data, { model, columns, to });
}

/**
 * Trains the first champion from rows in time order: the newest tenth tests, of the rest the newest share
 * validates. The model's production begins with it; a model that has a champion is refused.
 */
export async function bootstrapModel({
  model,
  rows,
  labels,
  stores,
  tuning,
  person,
  onProgress = () => {},
}: Bootstrap): Promise<Version> {
  const present = await stores.versions.champion(model.name);
  if (present !== null) {
    throw new DriftloopError(
      'DL_ALREADY_BOOTSTRAPPED',
      `${model.name} already has a champion, ${present.version}.`,
      {
        fix: `Start a run with "driftloop run start ${model.name}", or import a version with "driftloop version import".`,
      },
    );
  }
  if (rows.length < LEAST_ROWS) {
    throw new DriftloopError(
      'DL_TOO_FEW_ROWS',
      `${rows.length} rows are too few to train ${model.name}; ${LEAST_ROWS} is the least.`,
      {
        fix: 'Give a longer file.',
      },
    );
  }
  const testFrom = Math.round(rows.length * (1 - testShare));
  const chosen = await chooseTraining(model, {
    champion: async () => null,
    old: null,
    bases: tuning.bases,
  });
  const validationFrom = Math.round(testFrom * (1 - validationShareOf(model)));
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-bootstrap-'));
  try {
    const { training } = await keptApart(tuning.artifacts, model, chosen, scratch);
    const jsonLines = async (name: string, from: number, to: number) => {
      const file = path.join(scratch, name);
      const labelled = rows.slice(from, to).map((input, i) => ({
        input,
        label: truthOfText(model.task, labels[from + i]!),
      }));
      await writeLabelledFile(file, labelled);
      return file;
    };
    const outFolder = await mkdtemp(path.join(scratch, 'artifact-'));
    const report = await tuning.trainer.fineTune(
      {
        model,
        training,
        trainFile: await jsonLines('train.jsonl', 0, validationFrom),
        validationFile: await jsonLines('validation.jsonl', validationFrom, testFrom),
        outFolder,
        lineage: { ...chosen.lineage, begunBy: 'bootstrap' },
      },
      { onProgress },
    );
    const before = await learntBefore(stores, { config: model, training, champion: null });
    const learnt = learnMore(before, model.input, rows.slice(0, testFrom));
    await writeLearnt(outFolder, learnt);
    const { digest } = await tuning.artifacts.put(outFolder);
    const accuracy = await accuracyOf(
      tuning,
      model.task,
      digest,
      rows.slice(testFrom),
      labels.slice(testFrom),
    );
    const version = await stores.versions.register({
      model: model.name,
      digest,
      parent: null,
      runId: null,
      snapshotId: null,
      trainSeconds: report.seconds,
      accuracyOnTest: accuracy,
      reference: (await describeVersion(outFolder)).reference,
      learnt,
    });
    await stores.routes.promote(model.name, version.version, {
      by: person.name,
      because: `first champion, from ${count(rows.length)} rows`,
      byHand: { action: 'bootstrap', via: person.via },
    });
    return await stores.versions.get(model.name, version.version);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function accuracyOf(
  tuning: FineTuning,
  task: DeclaredTask,
  digest: string,
  rows: readonly InputRow[],
  labels: readonly string[],
): Promise<number> {
  await tuning.predictor.load(digest, await tuning.artifacts.open(digest));
  const outputs = await tuning.predictor.predict(digest, rows);
  await tuning.predictor.unload(digest);
  return (
    outputs.filter((output, i) => isRight(task, textOfAnswer(task, output), labels[i]!)).length / rows.length
  );
}
