import type { Feature, InputRow } from '../../domain/input.ts';
import { quantileEdges } from '../../statistics/shares.ts';
import { isMissing, numbersOf } from './preprocessing.ts';

/** Quarters: enough to see where a model is weak, few enough that each has rows. */
const RANGES = 4;

/**
 * By what the rows of a test are looked at in parts: the words of a category, quarters of a number as the training rows
 * have them, and missing values. Of a text only whether it is there: no two are alike.
 */
export function tabularSlices(
  input: Readonly<Record<string, Feature>>,
  train: readonly InputRow[],
): (row: InputRow) => Record<string, string> {
  const namers = Object.entries(input).map(
    ([name, feature]) => [name, namerOf(feature, name, train)] as const,
  );
  return (row) =>
    Object.fromEntries(
      namers.map(([name, nameOf]) => [name, isMissing(row[name]) ? 'missing' : nameOf(row[name] as never)]),
    );
}

function namerOf(feature: Feature, name: string, train: readonly InputRow[]): (value: never) => string {
  if (feature.kind === 'number') return rangeNamer(numbersOf(train, name));
  return feature.kind === 'text' ? () => 'a text' : String;
}

function rangeNamer(values: readonly number[]): (value: number) => string {
  const inner = values.length === 0 ? [] : quantileEdges(values, RANGES).slice(1, -1);
  const names = inner.map((edge, i) =>
    i === 0 ? `up to ${figure(edge)}` : `${figure(inner[i - 1]!)} to ${figure(edge)}`,
  );
  return (value) => {
    const at = inner.findIndex((edge) => value <= edge);
    return names[at] ?? (inner.length === 0 ? 'any' : `above ${figure(inner.at(-1)!)}`);
  };
}

const figure = (value: number): string => String(Number(value.toPrecision(4)));
