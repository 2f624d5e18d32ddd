import { DriftloopError } from '../../domain/errors.ts';
import type { DataRecord, Nested } from './records.ts';
import { utf8Lines } from './utf8.ts';

/** An object of a line, whatever its values are. */
export type JsonRow = { value: Readonly<Record<string, unknown>>; line: number };

/**
 * Rows of a file with one JSON object a line. Throws DL_DATA_UNREADABLE with the line.
 *
 * @param nested which cells may be a list or an object, which is then given as JSON; others are refused
 */
export async function* jsonRecords(file: string, nested: Nested = false): AsyncIterable<DataRecord> {
  const mayNest = typeof nested === 'boolean' ? () => nested : nested;
  for await (const { value, line } of jsonRows(file))
    yield { cells: cellsOf(value, file, line, mayNest), line };
}

/** The same where values may be lists and objects. Throws DL_DATA_UNREADABLE with the line. */
export async function* jsonRows(file: string): AsyncIterable<JsonRow> {
  let line = 0;
  for await (const text of utf8Lines(file)) {
    line += 1;
    const json = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() !== '') yield { value: objectOf(json, file, line), line };
  }
}

type Cell = string | number | boolean | object | null;

const refusal = (file: string, line: number, why: string) =>
  new DriftloopError('DL_DATA_UNREADABLE', `${file}, line ${line}: ${why}.`, {
    fix: 'Give one JSON object a line, its values numbers, words, true, false or null.',
  });

function objectOf(json: string, file: string, line: number): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw refusal(file, line, 'this is not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw refusal(file, line, 'this is no JSON object');
  return value as Record<string, unknown>;
}

function cellsOf(
  value: JsonRow['value'],
  file: string,
  line: number,
  mayNest: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(value as Record<string, Cell>).map(([name, cell]) => {
      if (cell === null) return [name, ''];
      if (typeof cell === 'object') {
        if (!mayNest(name)) throw refusal(file, line, `"${name}" is not a single value`);
        return [name, JSON.stringify(cell)];
      }
      return [name, String(cell)];
    }),
  );
}
