import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DriftReportData } from '../../console/drift-report/drift-report-data.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { AnyModel } from '../../domain/model-config.ts';
import { labelOf } from '../../domain/task.ts';
import type { Classification, Output } from '../../domain/task.ts';
import { tellDrift } from '../../monitors/drift-story/drift-story.ts';
import { referenceShares } from '../../training/reference.ts';
import { splitValidation } from '../../training/split-validation.ts';
import { readRecords } from '../data/records.ts';
import { openRows } from '../data/read-rows.ts';
import type { DataRow } from '../data/read-rows.ts';
import { declaredModel } from '../offline/declared-model.ts';
import type { Described, Example } from '../offline/offline-task.ts';
import { rowModel } from '../offline/row-model.ts';
import { tabularTask } from '../offline/tabular/tabular-task.ts';
import { atTerminal } from '../offline/attended.ts';
import type { Attended } from '../offline/attended.ts';
import type { Answer } from '../output.ts';
import { refuseReportFile, writeReport } from './report-file.ts';
import type { DriftReportAnswer } from './report-file.ts';

export type DriftReportOptions = {
  data: string;
  label: string;
  time?: string;
  ignore?: string[];
  prediction?: string;
  config?: string;
  model?: string;
  reference?: number;
  out: string;
};

/** The first tenth of a file is what the model was trained on. */
const REFERENCE_SHARE = 0.1;
const LEAST_REFERENCE = 100;
const LEAST_ROWS = 200;

/** `driftloop drift report --data FILE`: from a stream of labelled rows to a page that a product owner can read. */
export async function driftReport(
  options: DriftReportOptions,
  attended: Attended = atTerminal,
): Promise<Answer<DriftReportAnswer>> {
  await refuseReportFile(options.out);
  const declared = await declaredModel(options);
  const ignore = [
    ...(options.ignore ?? []),
    ...(options.prediction === undefined ? [] : [options.prediction]),
  ];
  const data = {
    train: options.data,
    label: options.label,
    ignore,
    ...(options.time === undefined ? {} : { time: options.time }),
  };
  const described = await tabularTask.describe(data, declared, async () => null);
  const model = classifier(options.data, described);
  const rows = await allRows(options.data, model, described);
  const referenceRows =
    options.reference ?? Math.max(LEAST_REFERENCE, Math.round(REFERENCE_SHARE * rows.length));
  refuseShort(options.data, rows.length, referenceRows);
  const [before, after] = [rows.slice(0, referenceRows), rows.slice(referenceRows)];
  const { predicted, ofReference, answers } =
    options.prediction === undefined
      ? await answerByFirst(described, { before, after }, attended)
      : await answersInFile(options.data, model, options.prediction, referenceRows);
  const reference = referenceShares(
    model.input,
    before.map(({ input }) => input),
    model.task,
    ofReference,
  );
  const story = tellDrift(
    after.map(({ input, label, time }, i) => ({ input, label, predicted: predicted[i]!, at: time })),
    { reference, referenceRows },
  );
  const report: DriftReportData = {
    name: model.name,
    source: path.basename(options.data),
    madeAt: new Date().toISOString(),
    answers,
    comparedWith: 'training',
    referenceRows,
    story,
    expected: null,
  };
  return writeReport(report, options.out);
}

type Classifier = Pick<AnyModel, 'name' | 'input'> & { task: Classification };

function classifier(file: string, { model }: Described): Classifier {
  const { task, ...rest } = rowModel(model);
  if (task.kind === 'classification') return { ...rest, task };
  throw new DriftloopError(
    'DL_TASK_UNFIT',
    `The label of ${file} is a quantity; this report is about labels.`,
    {
      fix: 'Name a column with a few different words or numbers: --label COLUMN.',
    },
  );
}

async function allRows(file: string, model: Classifier, { columns }: Described): Promise<DataRow[]> {
  const rows: DataRow[] = [];
  for await (const row of (await openRows(file, model, columns)).rows()) rows.push(row);
  return rows;
}

function refuseShort(file: string, rows: number, referenceRows: number): void {
  if (rows - referenceRows >= LEAST_ROWS) return;
  throw new DriftloopError(
    'DL_TOO_FEW_ROWS',
    `${file} has ${rows} rows: after the ${referenceRows} that the model is trained on, ${LEAST_ROWS} are the least to tell of.`,
    { fix: 'Give a longer file, or say --reference ROWS.' },
  );
}

type Answered = { predicted: readonly string[]; ofReference: readonly string[]; answers: string };

/** A model that is trained on the first rows, as the first champion is, and then left alone. */
async function answerByFirst(
  described: Described,
  { before, after }: { before: readonly DataRow[]; after: readonly DataRow[] },
  { say, during }: Attended,
): Promise<Answered> {
  const examples: Example<InputRow>[] = before.map(({ input, label, labels, line }) => ({
    input,
    label,
    labels,
    at: null,
    line,
  }));
  const wish = { fineTune: {}, base: null, old: null };
  const { fineTune } = await tabularTask.recommend(examples, described, wish);
  const { train, validation } = splitValidation(examples, {
    share: fineTune.validationShare,
    seed: fineTune.seed,
    labelOf: ({ label }) => label,
  });
  const folder = await mkdtemp(path.join(tmpdir(), 'driftloop-drift-report-'));
  say(`Trains on the first ${before.length} rows.`);
  try {
    return await during(async (signal) => {
      await tabularTask.train({
        described,
        fineTune,
        train,
        validation,
        old: null,
        outFolder: folder,
        lineage: { begunBy: 'drift report' },
        onProgress() {},
        onEpoch() {},
        signal,
      });
      const version = await tabularTask.open(folder);
      const labels = async (rows: readonly DataRow[]) =>
        ((await version.answer(rows.map(({ input }) => input))) as Output[]).map(({ label }) => label);
      return {
        predicted: await labels(after),
        ofReference: await labels(before),
        answers: 'The answers are those of a model that Driftloop trained on the first rows.',
      };
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a model of the team's has answered, as the file says it. */
async function answersInFile(
  file: string,
  { task }: Classifier,
  column: string,
  referenceRows: number,
): Promise<Answered> {
  const answers: string[] = [];
  for await (const { cells, line } of readRecords(file)) {
    const raw = cells[column] ?? '';
    const label = labelOf(task, raw.trim());
    if (label === undefined)
      throw new DriftloopError(
        'DL_UNKNOWN_LABEL',
        `${file}, line ${line}: "${raw}" in "${column}" is no label.`,
        {
          fix: `Labels are ${task.labels.join(', ')}.`,
        },
      );
    answers.push(label);
  }
  return {
    predicted: answers.slice(referenceRows),
    ofReference: answers.slice(0, referenceRows),
    answers: `The answers are those in column \`${column}\`.`,
  };
}
