import type { DataCard } from '../../training/data/data-card.ts';
import type { EpochScore } from '../../domain/run.ts';
import type { SearchReport } from '../../domain/search-report.ts';
import type { ValueReport } from '../../training/evaluate-values.ts';
import type { MultiLabelReport } from '../../training/evaluate-multi-label.ts';
import type { VersionReport } from '../../training/evaluate-version.ts';
import type { AnswerReport } from '../../training/text-generation/evaluate-answers.ts';
import type { PreferenceReport } from '../../training/text-generation/evaluate-preferences.ts';
import type { SaidSetting } from '../../training/search/say-settings.ts';

/** A column of the training rows, in words. */
export type ReportColumn = {
  name: string;
  kind: string;
  /** Share of rows without a value. */
  missing: number;
  values: string;
};

/** Labels that the version speaks against, among rows that validated. Lines are those of the training file. */
export type SuspectReport = {
  among: number;
  found: number;
  /** Surest first. */
  examples: { line: number; says: string; given: string; suggested: string; margin: number }[];
};

/** What the data was like, before anything was trained. Lines are those of the files. */
export type CardReport = Omit<DataCard, 'conflicts'> & {
  conflicts: { groups: number; examples: { lines: number[]; labels: string[] }[] };
  /** Test rows that say nearly what a training row says. */
  nearTest: { rows: number; examples: { train: number; test: number }[] };
  /** Values of test rows that training has prepared nobody for. */
  outOfRange: { values: number; examples: { line: number; column: string; problem: string }[] };
  /** Null where rows have numbers instead, or none validated. */
  suspects: SuspectReport | null;
};

/** Everything that the report of one fine-tuning shows; plain JSON. */
export type ReportData = {
  name: string;
  madeAt: string;
  files: { train: string; test: string };
  rows: { train: number; validation: number; test: number };
  /** How validation rows were chosen: `the newest by "date"`. */
  validationIs: string;
  labelColumn: string;
  /** Rows of each label, by part; or what the numbers of the training rows, or the lengths of their answers, are, in words. */
  truths:
    | {
        kind: 'labels';
        labels: { label: string; train: number; validation: number; test: number }[];
      }
    | { kind: 'values'; training: string };
  columns: ReportColumn[];
  leftOut: { column: string; because: string }[];
  /** Test rows that are training rows too. */
  leakage: { rows: number; share: number; byChance: number };
  card: CardReport;
  settings: SaidSetting[];
  /** Null where nothing was tried. */
  search: SearchReport | null;
  training: {
    seconds: number;
    steps: number;
    epochs: number;
    bestEpoch: number;
    backend: string;
    peakMemoryMb: number;
    trainableParameters: number;
    totalParameters: number;
    notes: readonly string[];
  };
  /** What it kept of what its base knew; nothing where that was not measured. */
  kept?: {
    goldenRows: number;
    /** Where these come from, as a clause. */
    goldenAre: string;
    /** Shares of them that were, and are, answered right. */
    before: number;
    after: number;
    /** How much of the way from the base's weights to the learnt ones was gone. */
    share: number;
  } | null;
  curve: readonly EpochScore[];
  evaluation: VersionReport | MultiLabelReport | ValueReport | AnswerReport | PreferenceReport;
};
