import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { DriftloopError } from '../../domain/errors.ts';
import type { DataRecord } from './records.ts';

/** Rows of a file with one flat JSON object a line. Throws DL_DATA_UNREADABLE with the line. */
export async function* jsonRecords(file: string): AsyncIterable<DataRecord> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1;
    const json = line === 1 ? text.replace(/^\uFEFF/, '') : text;
    if (json.trim() !== '') yield { cells: cellsOf(json, file, line), line };
  }
}

type Cell = string | number | boolean | object | null;

function cellsOf(json: string, file: string, line: number): Record<string, string> {
  const refuse = (why: string) =>
    new DriftloopError('DL_DATA_UNREADABLE', `${file}, line ${line}: ${why}.`, {
      fix: 'Give one JSON object a line, its values numbers, words, true, false or null.',
    });
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw refuse('this is not JSON');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw refuse('this is no JSON object');
  return Object.fromEntries(
    Object.entries(value as Record<string, Cell>).map(([name, cell]) => {
      if (cell === null) return [name, ''];
      if (typeof cell === 'object') throw refuse(`"${name}" is not a single value`);
      return [name, String(cell)];
    }),
  );
}
