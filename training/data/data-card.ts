import { profileColumns } from './column-profile.ts';
import type { ColumnProfile } from './column-profile.ts';
import { findConflicts, findDuplicates, keptOf } from './duplicates.ts';
import { labelBalance } from './label-balance.ts';
import type { LabelBalance } from './label-balance.ts';
import type { LabelledExample } from './labelled-example.ts';

/** What a training learnt from, for the run's report; plain JSON. Indices are of the rows as they were given. */
export type DataCard = Readonly<{
  rows: number;
  /** Rows that are left without duplicates. */
  kept: number;
  duplicates: { exact: number; near: number };
  /** Groups of rows with the same content and different labels, the first of them. */
  conflicts: { groups: number; examples: { rows: number[]; labels: string[] }[] };
  labels: LabelBalance;
  columns: Record<string, ColumnProfile>;
  /** What a person should know, in sentences. */
  notes: string[];
}>;

/** How many conflicts are shown. */
const SHOWN = 20;

/**
 * Looks at the data before a training.
 *
 * @returns the card, and the indices of the examples to train on: all but duplicates
 */
export function inspectData(
  examples: readonly LabelledExample[],
  { labels: declared, textColumns = [] }: { labels: readonly string[]; textColumns?: readonly string[] },
): { card: DataCard; kept: number[] } {
  const duplicates = findDuplicates(examples, { textColumns });
  const kept = keptOf(examples, duplicates);
  const conflicts = findConflicts(examples);
  const labels = labelBalance(
    kept.map((i) => examples[i]!.label),
    declared,
  );
  const columns = profileColumns(examples.map(({ input }) => input));
  const dropped = examples.length - kept.length;
  const constant = Object.entries(columns).filter(([, column]) => column.constant);
  return {
    kept,
    card: {
      rows: examples.length,
      kept: kept.length,
      duplicates: { exact: surplusOf(duplicates.exact), near: surplusOf(duplicates.near) },
      conflicts: {
        groups: conflicts.length,
        examples: conflicts.slice(0, SHOWN).map((rows) => ({
          rows,
          labels: rows.map((i) => examples[i]!.label),
        })),
      },
      labels,
      columns,
      notes: [
        ...(dropped > 0
          ? [`${dropped} of ${examples.length} rows say what another one says, and are left out.`]
          : []),
        ...(conflicts.length > 0
          ? [
              `${conflicts.length} groups of rows have the same content and different labels; of each one with its most frequent label counts.`,
            ]
          : []),
        ...(labels.advice ? [labels.advice] : []),
        ...constant.map(([name]) => `"${name}" is the same in every row that has it, so it says nothing.`),
      ],
    },
  };
}

/** How many there are beside the first of each group. */
const surplusOf = (groups: readonly number[][]): number =>
  groups.reduce((sum, group) => sum + group.length - 1, 0);
