import { profileColumns } from './column-profile.ts';
import type { ColumnProfile } from './column-profile.ts';
import { findConflicts, findCopies, findDuplicates, keptOf } from './duplicates.ts';
import { labelBalance } from './label-balance.ts';
import type { LabelBalance } from './label-balance.ts';
import type { LabelledExample } from './labelled-example.ts';

/** What a training learnt from, for the run's report; plain JSON. Indices are of the rows as they were given. */
export type DataCard = Readonly<{
  rows: number;
  /** Rows that are trained on: all but duplicates. */
  kept: number;
  duplicates: { exact: number; near: number };
  /** Groups of rows with the same content and different labels, the first of them. */
  conflicts: { groups: number; examples: { rows: number[]; labels: string[] }[] };
  /** Null where rows have numbers instead. */
  labels: LabelBalance | null;
  columns: Record<string, ColumnProfile>;
  /** What a person should know, in sentences. */
  notes: string[];
}>;

/** How many conflicts are shown. */
const SHOWN = 20;
/** Where a larger share of a table's rows has a twin, rows of a few values meet: they are no copies. */
const TWINS_AT_MOST = 0.2;

export type Inspected = {
  card: DataCard;
  /** Indices of the examples to train on. */
  kept: number[];
};

/**
 * Looks at the data before a training. Texts that say the same are one, and so are copies of a row of a table; but rows
 * of a table may well be alike, and as many of them as there are say how often that is.
 *
 * @param labels the declared ones; null where rows have numbers instead
 * @param textColumns columns of sentences; none: a table
 */
export function inspectData(
  examples: readonly LabelledExample[],
  {
    labels: declared,
    textColumns = [],
  }: { labels: readonly string[] | null; textColumns?: readonly string[] },
): Inspected {
  const isTable = textColumns.length === 0;
  const duplicates = isTable
    ? { exact: findCopies(examples), near: [] }
    : findDuplicates(examples, { textColumns });
  const twins = duplicates.exact.reduce((sum, group) => sum + group.length, 0) / examples.length;
  const areChance = isTable && twins > TWINS_AT_MOST;
  const kept = areChance ? [...examples.keys()] : keptOf(examples, duplicates);
  const conflicts = declared === null ? [] : findConflicts(examples);
  const labels =
    declared &&
    labelBalance(
      kept.map((i) => examples[i]!.labels ?? [examples[i]!.label]),
      declared,
    );
  const columns = profileColumns(examples.map(({ input }) => input));
  const counted = { exact: surplusOf(duplicates.exact), near: surplusOf(duplicates.near) };
  return {
    kept,
    card: {
      rows: examples.length,
      kept: kept.length,
      duplicates: counted,
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
        ...sayDuplicates(examples.length, kept.length, counted, isTable),
        ...sayConflicts(conflicts.length, isTable),
        ...(labels?.advice ? [labels.advice] : []),
      ],
    },
  };
}

function sayDuplicates(
  rows: number,
  kept: number,
  { exact, near }: DataCard['duplicates'],
  isTable: boolean,
): string[] {
  if (kept < rows)
    return [
      isTable
        ? `${rows - kept} of ${rows} rows are copies of another one, and are left out.`
        : `${rows - kept} of ${rows} rows say what another one says, and are left out.`,
    ];
  return exact + near === 0
    ? []
    : [
        `${exact + near} of ${rows} rows are like another one; of so many that is chance, and all of them stay.`,
      ];
}

const sayConflicts = (groups: number, isTable: boolean): string[] =>
  groups === 0
    ? []
    : [
        `${groups} ${groups === 1 ? 'group' : 'groups'} of rows have the same content and different labels` +
          (isTable ? '.' : '; of each one with its most frequent label counts.'),
      ];

/** How many there are beside the first of each group. */
const surplusOf = (groups: readonly number[][]): number =>
  groups.reduce((sum, group) => sum + group.length - 1, 0);
