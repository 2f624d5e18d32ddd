import path from 'node:path';
import type {
  CardReport,
  ReportColumn,
  ReportData,
  SuspectReport,
} from '../../console/report/report-data.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import { wordCount } from '../../domain/reference-shares.ts';
import type { OldSituation } from '../../training/classification/recommend-keep.ts';
import type { Leakage } from '../../training/leakage.ts';
import type {
  CommonSettings,
  Described,
  Evaluation,
  Example,
  Recommendation,
  Trained,
} from './offline-task.ts';
import type { TakenBase } from '../../infra/hub/base-lineage.ts';
import type { OldRows } from './old-rows.ts';
import { sayValidation } from './say-plan.ts';
import { sayRange } from './tabular/columns.ts';

/** What is known when a training begins. */
export type Prepared<Input, Settings extends CommonSettings = CommonSettings> = {
  files: { train: string; test: string; out: string };
  described: Described;
  train: Example<Input>[];
  validation: Example<Input>[];
  test: Example<Input>[];
  leakage: Leakage;
  card: CardReport;
  /** Null: from scratch. */
  base: TakenBase | null;
  /** Of what it was trained on; null where there is none. */
  old: OldRows<Input> | null;
  /** Null: from scratch. */
  oldSituation: OldSituation | null;
  fineTune: Settings;
  settings: Recommendation<Settings>['settings'];
  search: SearchReport | null;
};

/** Slices beyond these are not weak, or too many to read. */
const SLICES_KEPT = 50;

/** What came of a training, as `metrics.json` keeps it and the report shows it. */
export function describeRun<Input>(
  prepared: Prepared<Input>,
  trained: Trained,
  seen: {
    columns: ReportColumn[];
    curve: EpochScore[];
    evaluation: Evaluation;
    suspects: SuspectReport | null;
    madeAt: string;
  },
): ReportData {
  const { files, described, train, validation, test, leakage, settings } = prepared;
  const { seconds, steps, epochs, bestEpoch, backend, peakMemoryMb } = trained;
  const { trainableParameters, totalParameters } = trained;
  return {
    name: described.model.name,
    madeAt: seen.madeAt,
    files: { train: path.basename(files.train), test: path.basename(files.test) },
    rows: { train: train.length, validation: validation.length, test: test.length },
    validationIs: sayValidation(described),
    labelColumn: described.columns.label,
    truths: describeTruths(prepared),
    columns: seen.columns,
    leftOut: described.leftOut,
    leakage: { rows: leakage.shared.length, share: leakage.share, byChance: leakage.byChance },
    card: { ...prepared.card, suspects: seen.suspects },
    settings,
    search: prepared.search,
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
    kept: trained.kept && prepared.old ? { ...trained.kept, goldenAre: prepared.old.goldenAre } : null,
    curve: seen.curve,
    evaluation: { ...seen.evaluation, slices: seen.evaluation.slices.slice(0, SLICES_KEPT) },
  };
}

/** Rows of each label, by part; of a regression what its numbers are, of answers how long they are. */
function describeTruths<Input>({
  described,
  train,
  validation,
  test,
}: Prepared<Input>): ReportData['truths'] {
  const { task } = described.model;
  if (task.kind === 'generation')
    return { kind: 'values', training: `${sayRange(train.map(({ label }) => wordCount(label)))} words` };
  if (task.kind === 'regression')
    return { kind: 'values', training: sayRange(train.map(({ label }) => Number(label))) };
  const counts = [train, validation, test].map(countLabels);
  const labels = task.labels.map((name) => {
    const [inTrain, inValidation, inTest] = counts.map((count) => count.get(name) ?? 0);
    return { label: name, train: inTrain!, validation: inValidation!, test: inTest! };
  });
  return { kind: 'labels', labels };
}

function countLabels(rows: readonly { labels: readonly string[] }[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const label of rows.flatMap(({ labels }) => labels)) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
