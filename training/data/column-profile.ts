import type { FeatureValue, InputRow } from '../../domain/input.ts';

/** What the values of one column are like. */
export type ColumnProfile = Readonly<
  { missingShare: number; constant: boolean } & (
    | { kind: 'number'; min: number; max: number; mean: number }
    | { kind: 'words'; distinct: number; mostFrequent: [value: string, count: number][] }
    | { kind: 'empty' }
  )
>;

/** How many values of a column are named. */
const NAMED = 10;

/** One profile for each column that any row has. A column with both numbers and words counts as words. */
export function profileColumns(rows: readonly InputRow[]): Record<string, ColumnProfile> {
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  return Object.fromEntries([...names].map((name) => [name, profile(rows.map((row) => row[name] ?? null))]));
}

function profile(values: readonly FeatureValue[]): ColumnProfile {
  const present = values.filter((value) => value !== null);
  const missingShare = (values.length - present.length) / values.length;
  const counts = new Map<FeatureValue, number>();
  for (const value of present) counts.set(value, (counts.get(value) ?? 0) + 1);
  const common = { missingShare, constant: counts.size === 1 };
  if (present.length === 0) return { ...common, kind: 'empty' };
  if (present.every((value) => typeof value === 'number')) {
    const [min, max] = present.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
    return { ...common, kind: 'number', min, max, mean: present.reduce((a, b) => a + b) / present.length };
  }
  const byCount = [...counts].sort(([, a], [, b]) => b - a);
  return {
    ...common,
    kind: 'words',
    distinct: counts.size,
    mostFrequent: byCount.slice(0, NAMED).map(([value, count]) => [String(value), count]),
  };
}

/** One value that the rows before have prepared nobody for. */
export type OutOfRange = Readonly<{ row: number; column: string; problem: string }>;

/** So far beyond the seen range, in widths of it, a number is a mistake rather than a new high. */
const SLACK = 1;

/** Values of other rows that are far from what a profile has seen: numbers out of range, words for numbers, and back. */
export function outOfRange(
  profiles: Readonly<Record<string, ColumnProfile>>,
  rows: readonly InputRow[],
): OutOfRange[] {
  return rows.flatMap((row, i) =>
    Object.entries(row).flatMap(([column, value]) => {
      const problem = problemOf(profiles[column], value);
      return problem === null ? [] : [{ row: i, column, problem }];
    }),
  );
}

function problemOf(seen: ColumnProfile | undefined, value: FeatureValue): string | null {
  if (value === null) return null;
  if (seen === undefined || seen.kind === 'empty') return 'the column has no values in training';
  if (typeof value === 'number' && seen.kind === 'words') return `is the number ${value}, not a word`;
  if (seen.kind === 'words') return null;
  if (typeof value === 'string') return `is "${value}", not a number`;
  const slack = SLACK * (seen.max - seen.min);
  return value < seen.min - slack || value > seen.max + slack
    ? `is ${value}; in training it lies between ${seen.min} and ${seen.max}`
    : null;
}
