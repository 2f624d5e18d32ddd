import path from 'node:path';
import type { ReportColumn, ReportData } from '../../console/report/report-data.ts';
import type { FineTune } from '../../domain/model-config.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import type { Leakage } from '../../training/leakage.ts';
import type { Described, Example, Recommendation, Trained } from './offline-task.ts';

/** What is known when a training begins. */
export type Prepared<Input> = {
  files: { train: string; test: string; out: string };
  described: Described;
  train: Example<Input>[];
  validation: Example<Input>[];
  test: Example<Input>[];
  leakage: Leakage;
  fineTune: FineTune;
  settings: Recommendation['settings'];
};

/** Slices beyond these are not weak, or too many to read. */
const SLICES_KEPT = 50;

/** What came of a training, as `metrics.json` keeps it and the report shows it. */
export function describeRun<Input>(
  { files, described, train, validation, test, leakage, settings }: Prepared<Input>,
  trained: Trained,
  seen: { columns: ReportColumn[]; curve: EpochScore[]; evaluation: VersionReport; madeAt: string },
): ReportData {
  const { label, time } = described.columns;
  const counts = [train, validation, test].map(countLabels);
  const { seconds, steps, epochs, bestEpoch, backend, peakMemoryMb } = trained;
  const { trainableParameters, totalParameters } = trained;
  return {
    name: described.model.name,
    madeAt: seen.madeAt,
    files: { train: path.basename(files.train), test: path.basename(files.test) },
    rows: { train: train.length, validation: validation.length, test: test.length },
    validationIs: time === undefined ? 'drawn from each label, by the seed' : `the newest by "${time}"`,
    labelColumn: label,
    labels: described.model.task.labels.map((name) => {
      const [inTrain, inValidation, inTest] = counts.map((count) => count.get(name) ?? 0);
      return { label: name, train: inTrain!, validation: inValidation!, test: inTest! };
    }),
    columns: seen.columns,
    leftOut: described.leftOut,
    leakage: { rows: leakage.shared.length, share: leakage.share, byChance: leakage.byChance },
    settings,
    training: {
      seconds,
      steps,
      epochs,
      bestEpoch,
      backend,
      peakMemoryMb,
      trainableParameters,
      totalParameters,
      notes: [...described.notes, ...trained.notes],
    },
    curve: seen.curve,
    evaluation: { ...seen.evaluation, slices: seen.evaluation.slices.slice(0, SLICES_KEPT) },
  };
}

/** The share of each label among rows. */
export function labelShares(rows: readonly { label: string }[]): Record<string, number> {
  return Object.fromEntries([...countLabels(rows)].map(([label, count]) => [label, count / rows.length]));
}

function countLabels(rows: readonly { label: string }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { label } of rows) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
