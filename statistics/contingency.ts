/** Tests of counts. Agree with SciPy. */
import { chiSquareTail } from './distributions.ts';
import { checkCounts, InvalidInput } from './invalid-input.ts';
import { logFactorials } from './log-factorials.ts';

export type Table = readonly (readonly number[])[];

export type ChiSquare = Readonly<{
  statistic: number;
  pValue: number;
  degrees: number;
  expected: number[][];
}>;

type ChiSquareOptions = Readonly<{
  /** Yates' correction where there is one degree of freedom: half a count towards what is expected. */
  correction?: boolean;
  /** Pearson's Σ (o − e)²/e, or the likelihood ratio G = 2 Σ o·ln(o/e). */
  measure?: 'pearson' | 'likelihood';
}>;

/**
 * χ² test of a table of counts: are its rows the same shares of one whole? Rough where expected counts are below five.
 *
 * Source: K. Pearson (1900); correction: F. Yates, Suppl. JRSS 1 (1934).
 */
export function chiSquare(
  table: Table,
  { correction = true, measure = 'pearson' }: ChiSquareOptions = {},
): ChiSquare {
  const [rows, columns, total] = margins(table);
  const expected = rows.map((row) => columns.map((column) => (row * column) / total));
  const degrees = (rows.length - 1) * (columns.length - 1);
  const half = correction && degrees === 1 ? 0.5 : 0;
  let statistic = 0;
  for (const [r, row] of table.entries())
    for (const [c, count] of row.entries()) {
      const e = expected[r]![c]!;
      const observed = count + Math.sign(e - count) * Math.min(half, Math.abs(e - count));
      statistic +=
        measure === 'pearson'
          ? (observed - e) ** 2 / e
          : observed === 0
            ? 0
            : 2 * observed * Math.log(observed / e);
    }
  return { statistic, pValue: degrees === 0 ? 1 : chiSquareTail(statistic, degrees), degrees, expected };
}

/** Cramér's V: how strongly rows and columns go together, 0 to 1, whatever the number of rows. Without correction. */
export function cramersV(table: Table): number {
  const [rows, columns, total] = margins(table);
  const { statistic } = chiSquare(table, { correction: false });
  const least = Math.min(rows.length, columns.length) - 1;
  return least === 0 ? 0 : Math.sqrt(statistic / (total * least));
}

/** χ² goodness of fit: do counts come from expected ones? Where none are given, each as likely. */
export function goodnessOfFit(
  observed: readonly number[],
  expected: readonly number[] = observed.map(() => observed.reduce((sum, o) => sum + o, 0) / observed.length),
): { statistic: number; pValue: number } {
  if (observed.length !== expected.length || observed.length < 2 || expected.some((e) => !(e > 0)))
    throw new InvalidInput(
      'goodnessOfFit',
      `${observed.length} counts cannot be compared with ${expected.length}`,
      'Give as many expected counts above 0 as observed ones, at least two.',
    );
  const statistic = observed.reduce((sum, o, i) => sum + (o - expected[i]!) ** 2 / expected[i]!, 0);
  return { statistic, pValue: chiSquareTail(statistic, observed.length - 1) };
}

/** Two tables are equally likely if their logarithms differ by no more than rounding. */
const ROUNDING = 1e-7;

/**
 * Fisher's exact test of a 2 × 2 table, two-sided: the share of all tables with these margins that are at most as
 * likely. Exact for any counts, however small.
 *
 * Source: R. A. Fisher, "Statistical methods for research workers" (1934).
 */
export function fisherExact([[a, b], [c, d]]: readonly [
  readonly [number, number],
  readonly [number, number],
]): { oddsRatio: number; pValue: number } {
  checkCounts('fisherExact', a + c, a + b + c + d);
  checkCounts('fisherExact', a + b, a + b + c + d);
  const [row, column, total] = [a + b, a + c, a + b + c + d];
  const factorials = logFactorials(total);
  const ways = (n: number, k: number) => factorials[n]! - factorials[k]! - factorials[n - k]!;
  const likelihood = (x: number) => ways(row, x) + ways(total - row, column - x) - ways(total, column);
  const least = likelihood(a) + ROUNDING;
  let pValue = 0;
  for (let x = Math.max(0, column - (total - row)); x <= Math.min(row, column); x += 1)
    if (likelihood(x) <= least) pValue += Math.exp(likelihood(x));
  return { oddsRatio: (a * d) / (b * c), pValue: Math.min(1, pValue) };
}

function margins(table: Table): [rows: number[], columns: number[], total: number] {
  const width = table[0]?.length ?? 0;
  const counts = table.flat();
  const rows = table.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = Array.from({ length: width }, (_, c) => table.reduce((sum, row) => sum + (row[c] ?? 0), 0));
  const isSound =
    width > 0 &&
    table.every((row) => row.length === width) &&
    counts.every((count) => Number.isFinite(count) && count >= 0) &&
    [...rows, ...columns].every((sum) => sum > 0);
  if (!isSound)
    throw new InvalidInput(
      'chiSquare',
      `a table of ${table.length} by ${width} counts has a row or a column of nothing, or a count below 0`,
      'Give counts from 0, and leave out empty rows and columns.',
    );
  return [rows, columns, counts.reduce((sum, count) => sum + count, 0)];
}
