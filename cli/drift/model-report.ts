import type { DriftReportData } from '../../console/drift-report/drift-report-data.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { labelsOfTask } from '../../domain/task.ts';
import { tellDrift } from '../../monitors/drift-story/drift-story.ts';
import { tellExpected } from '../../monitors/drift-story/expected-story.ts';
import { isRight } from '../../statistics/is-right.ts';
import { referenceShares } from '../../training/reference.ts';
import type { Answer } from '../output.ts';
import type { Stores } from '../wiring.ts';
import { refuseReportFile, writeReport } from './report-file.ts';
import type { DriftReportAnswer } from './report-file.ts';

export type ModelReportOptions = {
  model: string;
  /** Default: the champion. */
  version?: string;
  /** So many first rows are what the others are compared with; default: a tenth. */
  reference?: number;
  out: string;
};

/** What fits into one page, and into memory. */
const MOST_ROWS = 100_000;
const REFERENCE_SHARE = 0.1;
const LEAST_REFERENCE = 100;
const LEAST_ROWS = 200;

/**
 * `driftloop drift report MODEL`: what a version answered in production and what turned out to be right, in the order of
 * the predictions, as the page of `--data FILE`. Its own first rows are what the others are compared with.
 *
 * @throws DL_UNKNOWN_MODEL, DL_UNKNOWN_VERSION, DL_NO_CHAMPION, DL_TOO_FEW_ROWS, DL_FOLDER_NOT_EMPTY, DL_FOLDER_UNUSABLE
 */
export async function modelReport(
  { model, version: given, reference, out }: ModelReportOptions,
  { models, versions, examples }: Pick<Stores, 'models' | 'versions' | 'examples'>,
): Promise<Answer<DriftReportAnswer>> {
  await refuseReportFile(out);
  const { config } = await models.get(model);
  const answered = given === undefined ? await versions.champion(model) : await versions.get(model, given);
  if (answered === null)
    throw new DriftloopError('DL_NO_CHAMPION', `Model "${model}" has no champion yet.`, {
      fix: 'Name a version that has answered: --version V.',
    });
  const { version } = answered;
  const { task } = config;
  // An answer that is right is what it should have been, whatever the task.
  const rows = (await examples.history(model, { version, limit: MOST_ROWS })).map((row) =>
    isRight(task, row.predicted, row.label) ? { ...row, label: row.predicted } : row,
  );
  const referenceRows = reference ?? Math.max(LEAST_REFERENCE, Math.round(REFERENCE_SHARE * rows.length));
  if (rows.length - referenceRows < LEAST_ROWS)
    throw new DriftloopError(
      'DL_TOO_FEW_ROWS',
      `Version ${version} of "${model}" has ${rows.length} labelled rows: after the ${referenceRows} that the others are compared with, ${LEAST_ROWS} are the least to tell of.`,
      { fix: 'Wait for more labels, or name an earlier version that has more: --version V.' },
    );
  const first = rows.slice(0, referenceRows);
  const told = rows.slice(referenceRows);
  const labels = labelsOfTask(task);
  const shares = referenceShares(
    config.input,
    first.map(({ input }) => input),
    { labels },
    task.kind === 'classification' ? first.map(({ predicted }) => predicted) : [],
  );
  const story = tellDrift(told, { reference: shares, referenceRows });
  const expected = tellExpected(first, told.slice(story.windows.at(-1)!.from), {
    labels,
    reference: shares,
  });
  const report: DriftReportData = {
    name: model,
    source: `version ${version} of ${model}`,
    madeAt: new Date().toISOString(),
    answers: `The answers are those of version ${version} in production, and the labels what turned out to be right.`,
    comparedWith: 'beginning',
    referenceRows,
    story,
    expected,
  };
  return writeReport(report, out);
}
