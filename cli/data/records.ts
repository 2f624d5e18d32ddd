import { createReadStream, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { DriftloopError } from '../../domain/errors.ts';
import { csvRecords } from './csv-records.ts';
import { jsonRecords, jsonRows } from './json-records.ts';

/** Columns of a file: which one is the label, which one is a time, which ones to leave out. */
export type Columns = Readonly<{
  label: string;
  time?: string;
  /** Whom a row is about. */
  entity?: string;
  ignore?: readonly string[];
  /** Of pairs of answers: which one was liked less than the label. */
  rejected?: string;
}>;

/** One row of a file as it stands there, with the line on which it ends. A cell that is absent is missing. */
export type DataRecord = { cells: Readonly<Record<string, string>>; line: number };

/** Whether a value of a JSON object may be a list or an object, given as JSON: any, none, or those of some columns. */
export type Nested = boolean | ((column: string) => boolean);

/**
 * Rows of a data file, one by one: a CSV file with a header, or JSON objects, one a line.
 *
 * @param nested other lists and objects are refused
 * @throws DL_DATA_MISSING, DL_DATA_UNREADABLE
 */
export async function* readRecords(file: string, nested: Nested = false): AsyncIterable<DataRecord> {
  yield* (await hasJsonLines(file)) ? jsonRecords(file, nested) : csvRecords(file);
}

/**
 * Whether a file holds JSON objects line by line: its name says so, or its first line begins with one.
 *
 * @throws DL_DATA_MISSING
 */
export async function hasJsonLines(file: string): Promise<boolean> {
  if (!existsSync(file) || !statSync(file).isFile()) {
    throw new DriftloopError('DL_DATA_MISSING', `There is no file ${path.resolve(file)}.`, {
      fix: 'Name a file that is there: CSV with a header, or one JSON object a line.',
    });
  }
  if (/\.(jsonl|ndjson)$/i.test(file)) return true;
  const input = createReadStream(file, { end: 4_096 });
  try {
    for await (const line of createInterface({ input }))
      if (line.trim() !== '') return /^\uFEFF?\s*\{/.test(line);
    return false;
  } finally {
    input.destroy();
  }
}

/** The names in the header of a CSV file, or in its first JSON object. Throws DL_DATA_EMPTY. */
export async function firstNames(file: string): Promise<string[]> {
  if (!(await hasJsonLines(file))) return headerOf(file);
  for await (const { value } of jsonRows(file)) return Object.keys(value);
  throw emptyFile(file);
}

/** The names of the columns of a file, in the order in which they appear. Throws DL_DATA_EMPTY. */
export async function headerOf(file: string, nested: Nested = false): Promise<string[]> {
  const names = new Set<string>();
  const isRegular = !(await hasJsonLines(file));
  for await (const { cells } of readRecords(file, nested)) {
    for (const name of Object.keys(cells)) names.add(name);
    // A CSV file names all of its columns at once; JSON objects may differ.
    if (isRegular) break;
  }
  if (names.size > 0) return [...names];
  throw emptyFile(file);
}

const emptyFile = (file: string) =>
  new DriftloopError('DL_DATA_EMPTY', `${file} has no rows.`, {
    fix: 'Give a file with at least one row; a CSV file has a header line before it.',
  });

/** Every column that is asked for stands in the header, or an error names those that do not. */
export function checkColumns(file: string, header: readonly string[], asked: readonly string[]): void {
  const absent = asked.filter((column) => !header.includes(column));
  if (absent.length === 0) return;
  throw new DriftloopError(
    'DL_COLUMN_MISSING',
    `${file} has no column ${absent.map((c) => `"${c}"`).join(', ')}.`,
    { fix: `Its columns are ${header.join(', ')}.` },
  );
}
