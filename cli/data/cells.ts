import { DriftloopError } from '../../domain/errors.ts';
import type { Feature, FeatureValue } from '../../domain/input.ts';
import { shellWord } from '../shell-word.ts';

/** What stands in a CSV file where a value is missing. */
const missing = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '?']);

export const isMissing = (cell: string): boolean => missing.has(cell.trim().toLowerCase());

/** The number in a cell, or undefined where there is none. */
export function numberIn(cell: string): number | undefined {
  const text = cell.trim();
  const value = Number(text);
  return text !== '' && Number.isFinite(value) ? value : undefined;
}

/** Feature names are words: "sepal length (cm)" is declared as `sepal_length_cm`. */
export function featureNameOf(column: string): string {
  const word = column
    .trim()
    .replaceAll(/\W+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return /^\d/.test(word) || word === '' ? `_${word}` : word;
}

/** A cell as the value of a feature. Unknown words pass: the server counts them. */
export function valueOf(feature: Feature, cell: string, at: { column: string; line: number }): FeatureValue {
  if (isMissing(cell)) return null;
  if (feature.kind !== 'number') return cell.trim();
  const value = numberIn(cell);
  if (value !== undefined) return value;
  throw new DriftloopError(
    'DL_NOT_A_NUMBER',
    `Line ${at.line}: column "${at.column}" has "${cell}" where the config declares a number.`,
    {
      fix: `Declare "${at.column}" as a category, leave it out with --ignore ${shellWord(at.column)}, or correct the file.`,
    },
  );
}
