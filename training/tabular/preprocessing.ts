import { DriftloopError } from '../../domain/errors.ts';
import type { Feature, FeatureValue, InputRow } from '../../domain/input.ts';
import { encodeText, fitTerms, placesOf, termsForEach } from './text-column.ts';
import type { TextColumn } from './text-column.ts';

/**
 * How rows become numbers: fitted on the training rows only, plain JSON, carried in the artifact.
 *
 * A number is standardised, z = (x − mean) · scale; a missing one becomes 0, the mean. A category is one-hot over its
 * declared values, with one more slot for words that are not among them. A text is its frequent words and pairs of
 * words (text-column.ts). Whatever was ever missing in the training rows gets a column of its own that says so.
 */
export type NumberColumn = {
  kind: 'number';
  mean: number;
  /** 1/σ; 0 for a column that is constant in the training rows, which therefore says nothing. */
  scale: number;
  missing: boolean;
};
export type CategoryColumn = { kind: 'category'; values: readonly string[]; missing: boolean };
export type Column = { name: string } & (NumberColumn | CategoryColumn | TextColumn);
export type Preprocessing = { columns: readonly Column[] };

/** Encoded rows, one after the other in `matrix`, and what had to be guessed in them, by feature. */
export type EncodedRows = {
  matrix: Float32Array<ArrayBuffer>;
  rows: number;
  width: number;
  missing: Readonly<Record<string, number>>;
  unknown: Readonly<Record<string, number>>;
};

/** Beyond so many standard deviations a value is cut: it keeps float32 finite and changes nothing that is plausible. */
export const LARGEST_Z = 1e6;

/** Fits on the training rows. Constant or all-missing number columns get scale 0; `constantColumns` names them. */
export function fitPreprocessing(
  input: Readonly<Record<string, Feature>>,
  rows: readonly InputRow[],
): Preprocessing {
  const texts = Object.values(input).filter(({ kind }) => kind === 'text').length;
  return {
    columns: Object.entries(input).map(([name, feature]) => {
      const missing = rows.some((row) => isMissing(row[name]));
      switch (feature.kind) {
        case 'number':
          return { name, kind: 'number', ...meanAndScale(numbersOf(rows, name)), missing };
        case 'category':
          return { name, kind: 'category', values: [...feature.values], missing };
        case 'text':
          return {
            name,
            kind: 'text',
            terms: fitTerms(textsOf(rows, name), termsForEach(texts)),
            missing,
          };
        case 'image':
          throw new DriftloopError(
            'DL_TASK_UNFIT',
            `"${name}" is an image, which a network for columns cannot read.`,
            { fix: 'Train images by themselves: driftloop finetune --task image.' },
          );
        default:
          return feature satisfies never;
      }
    }),
  };
}

/** Number columns that were constant (or always missing) in the training rows. */
export const constantColumns = ({ columns }: Preprocessing): string[] =>
  columns.filter((column) => column.kind === 'number' && column.scale === 0).map(({ name }) => name);

/** Which columns say nothing to a version, and why, a sentence each. */
export const sayIdleColumns = (preprocessing: Preprocessing): string[] => [
  ...constantColumns(preprocessing).map(
    (name) => `"${name}" is constant in the training rows, so it says nothing to this version.`,
  ),
  ...preprocessing.columns
    .filter((column) => column.kind === 'text' && column.terms.length === 0)
    .map(
      ({ name }) => `No word of "${name}" stands in two training rows, so it says nothing to this version.`,
    ),
];

/** Columns of the encoded matrix, in order, by meaning: what a warm start matches old weights with new inputs by. */
export function encodedColumns({ columns }: Preprocessing): string[] {
  return columns.flatMap((column) => [
    ...inputsOf(column),
    ...(column.missing ? [`${column.name}:missing`] : []),
  ]);
}

/** The encoded column of a term of a text. */
export const termInput = (column: string, term: string): string => `${column}~${term}`;

function inputsOf(column: Column): string[] {
  switch (column.kind) {
    case 'number':
      return [`${column.name}:value`];
    case 'category':
      return [...column.values.map((value) => `${column.name}=${value}`), `${column.name}:unknown`];
    case 'text':
      return [...column.terms.map(({ term }) => termInput(column.name, term)), `${column.name}:unknown`];
    default:
      return column satisfies never;
  }
}

/** Rows to a row-major matrix [rows, width]. Missing values and unknown words are encoded as such, and counted. */
export function encode(preprocessing: Preprocessing, rows: readonly InputRow[]): EncodedRows {
  const { columns } = preprocessing;
  const width = columns.reduce((sum, column) => sum + widthOf(column), 0);
  const matrix = new Float32Array(rows.length * width);
  const missing: Record<string, number> = {};
  const unknown: Record<string, number> = {};
  let at = 0;
  for (const column of columns) {
    const write = writer(column, matrix);
    const indicator = at + widthOf(column) - 1;
    for (let row = 0; row < rows.length; row += 1) {
      const value = rows[row]![column.name];
      const start = row * width;
      if (isMissing(value)) {
        missing[column.name] = (missing[column.name] ?? 0) + 1;
        if (column.missing) matrix[start + indicator] = 1;
      } else if (!write(value!, start + at)) {
        unknown[column.name] = (unknown[column.name] ?? 0) + 1;
      }
    }
    at += widthOf(column);
  }
  return { matrix, rows: rows.length, width, missing, unknown };
}

/** Writes a value's inputs from a place of the matrix on; false where nothing is known of the value. */
function writer(column: Column, matrix: Float32Array): (value: FeatureValue, at: number) => boolean {
  switch (column.kind) {
    case 'number':
      return (value, at) => {
        const z = (Number(value) - column.mean) * column.scale;
        matrix[at] = Math.max(-LARGEST_Z, Math.min(LARGEST_Z, z));
        return true;
      };
    case 'category': {
      const slots = new Map(column.values.map((value, i) => [value, i]));
      return (value, at) => {
        const slot = slots.get(String(value));
        matrix[at + (slot ?? column.values.length)] = 1;
        return slot !== undefined;
      };
    }
    case 'text': {
      const places = placesOf(column.terms);
      return (value, at) => encodeText(column, places, String(value), matrix, at);
    }
    default:
      return column satisfies never;
  }
}

/** A missing value: null, absent, or a number that is none. */
export const isMissing = (value: unknown): boolean =>
  value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));

export const numbersOf = (rows: readonly InputRow[], name: string): number[] =>
  rows
    .map((row) => row[name])
    .filter((value) => !isMissing(value))
    .map(Number);

const textsOf = (rows: readonly InputRow[], name: string): string[] =>
  rows
    .map((row) => row[name])
    .filter((value) => !isMissing(value))
    .map(String);

function widthOf(column: Column): number {
  const missing = column.missing ? 1 : 0;
  if (column.kind === 'number') return 1 + missing;
  return (column.kind === 'category' ? column.values : column.terms).length + 1 + missing;
}

/**
 * Mean and 1/σ in float64. "Constant" is max = min, not "σ is small": rounding alone gives a constant column a σ of
 * 1e-5 in float32, and standardising by it magnifies a later change by 10⁵.
 */
function meanAndScale(values: readonly number[]): { mean: number; scale: number } {
  if (values.length === 0) return { mean: 0, scale: 0 };
  let [sum, low, high] = [0, Infinity, -Infinity];
  for (const value of values) {
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low === high) return { mean: low, scale: 0 };
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / values.length);
  const scale = 1 / deviation;
  return Number.isFinite(scale) && Number.isFinite(mean) ? { mean, scale } : { mean: low, scale: 0 };
}
