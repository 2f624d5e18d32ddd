import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DriftloopError } from '../../domain/errors.ts';
import { isMissing, numberIn } from './cells.ts';
import { csvRecords } from './csv-records.ts';
import { utf8Chunks } from './utf8.ts';

/** What may stand in a file of numbers to look at. */
export type Value = number | string | boolean | null | readonly number[];

/** Where a value stands, for whoever has to correct it: "line 3", or "entry 3" of an array. */
export type ValueRow = Readonly<{ values: Readonly<Record<string, Value>>; where: string }>;

export type ValueTable = Readonly<{ file: string; columns: readonly string[]; rows: readonly ValueRow[] }>;

/** The name of the only column of a file that names none. */
const ONLY = 'value';

/**
 * A whole file as a table: CSV with a header, or without one where its first line is all numbers; JSON objects, numbers
 * or lists of numbers, one a line; or one JSON array of them.
 *
 * @throws DL_DATA_MISSING, DL_DATA_UNREADABLE, DL_DATA_EMPTY
 */
export async function readValueTable(file: string): Promise<ValueTable> {
  if (!existsSync(file) || !statSync(file).isFile())
    throw new DriftloopError('DL_DATA_MISSING', `There is no file ${path.resolve(file)}.`, {
      fix: 'Name a file that is there: CSV, JSON lines, or a JSON array.',
    });
  const bytes: Buffer[] = [];
  for await (const chunk of utf8Chunks(file)) bytes.push(chunk);
  const text = Buffer.concat(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  const rows = await rowsOf(file, text);
  if (rows.length === 0)
    throw new DriftloopError('DL_DATA_EMPTY', `${file} has no values.`, {
      fix: 'Give a file with at least one.',
    });
  return { file, rows, columns: [...new Set(rows.flatMap(({ values }) => Object.keys(values)))] };
}

async function rowsOf(file: string, text: string): Promise<ValueRow[]> {
  const lines = text
    .split(/\r?\n/)
    .flatMap((line, i) => (line.trim() === '' ? [] : [{ line, number: i + 1 }]));
  const first = lines[0]?.line.trim() ?? '';
  if (first.startsWith('[') || first.startsWith('{')) {
    const whole = first.startsWith('[') ? parsed(text) : undefined;
    if (Array.isArray(whole))
      return whole.map((entry, i) => ({ values: valuesOf(file, entry, `entry ${i}`), where: `entry ${i}` }));
    return lines.map(({ line, number }) => {
      const where = `line ${number}`;
      return { values: valuesOf(file, parsed(line), where), where };
    });
  }
  const isBare = first !== '' && first.split(',').every((cell) => numberIn(cell) !== undefined);
  if (isBare)
    return lines.map(({ line, number }) => {
      const cells = line.split(',');
      const names = cells.map((_, k) => (cells.length === 1 ? ONLY : String(k + 1)));
      return {
        values: Object.fromEntries(names.map((name, k) => [name, cellValue(cells[k]!)])),
        where: `line ${number}`,
      };
    });
  const rows: ValueRow[] = [];
  for await (const { cells, line } of csvRecords(file))
    rows.push({
      values: Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cellValue(cell)])),
      where: `line ${line}`,
    });
  return rows;
}

const cellValue = (cell: string): Value => (isMissing(cell) ? null : (numberIn(cell) ?? cell.trim()));

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

const isValue = (value: unknown): value is Value =>
  value === null ||
  ['number', 'string', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) && value.every((x) => typeof x === 'number'));

function valuesOf(file: string, entry: unknown, where: string): Record<string, Value> {
  if (isValue(entry)) return { [ONLY]: entry };
  if (typeof entry === 'object' && !Array.isArray(entry) && Object.values(entry).every(isValue))
    return entry as Record<string, Value>;
  throw new DriftloopError(
    'DL_DATA_UNREADABLE',
    `${file}, ${where}: this is neither a value nor an object of values.`,
    { fix: 'Give numbers, words, true, false, null, lists of numbers, or objects of them.' },
  );
}
