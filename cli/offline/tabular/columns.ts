import type { ReportColumn } from '../../../console/report/report-data.ts';
import type { Feature, InputRow } from '../../../domain/input.ts';
import { wordCount } from '../../../domain/reference-shares.ts';
import { isMissing, numbersOf } from '../../../training/tabular/preprocessing.ts';
import { quantileEdges } from '../../../statistics/shares.ts';

/** Words of a category that are named; the rest are counted. */
const WORDS = 3;
/** Lowest, middle, highest. */
const HALVES = 2;

/** What stands in each column of the training rows, in words. */
export function tabularColumns(
  input: Readonly<Record<string, Feature>>,
  rows: readonly InputRow[],
): ReportColumn[] {
  return Object.entries(input).map(([name, feature]) => ({
    name,
    kind: feature.kind,
    missing: rows.filter((row) => isMissing(row[name])).length / rows.length,
    values: sayValues(feature, rows, name),
  }));
}

function sayValues(feature: Feature, rows: readonly InputRow[], name: string): string {
  if (feature.kind === 'number') return sayRange(numbersOf(rows, name));
  if (feature.kind !== 'text') return sayWords(rows, name);
  const texts = rows.map((row) => row[name]).filter((value) => typeof value === 'string');
  return texts.length === 0 ? 'no values' : `${sayRange(texts.map(wordCount))} words`;
}

/** `1 to 99, half of them up to 40`. */
export function sayRange(values: readonly number[]): string {
  if (values.length === 0) return 'no values';
  const edges = quantileEdges(values, HALVES);
  const [low, high] = [edges[0]!, edges.at(-1)!];
  if (low === high) return `always ${figure(low)}`;
  const middle = values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  return `${figure(low)} to ${figure(high)}, half of them up to ${figure(middle)}`;
}

function sayWords(rows: readonly InputRow[], name: string): string {
  const counts = new Map<string, number>();
  for (const row of rows)
    if (!isMissing(row[name])) counts.set(String(row[name]), (counts.get(String(row[name])) ?? 0) + 1);
  const words = [...counts].sort(([, a], [, b]) => b - a);
  const named = words
    .slice(0, WORDS)
    .map(([word, n]) => `${word} (${Math.round((100 * n) / rows.length)} %)`);
  const rest = words.length - named.length;
  return `${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));
