import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';
import { DriftloopError } from '../../domain/errors.ts';
import { nth } from './nth.ts';
import type { DataRecord } from './records.ts';
import { utf8Chunks } from './utf8.ts';

/** What else stands between columns, in files that are not separated by commas. */
const otherDelimiters = new Map([
  [';', 'semicolons'],
  ['\t', 'tabs'],
  ['|', 'bars'],
]);

/** Rows of a CSV file with a header. Throws DL_DATA_UNREADABLE. */
export async function* csvRecords(file: string): AsyncIterable<DataRecord> {
  // The parser knows UTF-16 by its mark. What fails on the way ends the parser, which is where it is heard.
  const parser = pipeline(
    utf8Chunks(file, { utf16: true }),
    parse({
      columns: (header: string[]) => checkedHeader(file, header),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      info: true,
    }),
    () => {},
  );
  try {
    for await (const entry of parser) {
      const { record, info } = entry as { record: Record<string, string>; info: { lines: number } };
      yield { cells: record, line: info.lines };
    }
  } catch (cause) {
    if (cause instanceof DriftloopError) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DriftloopError('DL_DATA_UNREADABLE', `${file} is no regular CSV file: ${message}`, {
      fix: 'Give a file with one header line and the same number of columns in every line.',
      cause,
    });
  }
}

/** Another delimiter, or a name that stands twice, is told before a row is read under the wrong name. */
function checkedHeader(file: string, header: readonly string[]): string[] {
  const [only = ''] = header;
  const other = header.length === 1 ? [...otherDelimiters].find(([sign]) => only.includes(sign)) : undefined;
  if (other !== undefined)
    throw new DriftloopError(
      'DL_DATA_UNREADABLE',
      `The columns of ${file} are separated by ${other[1]}, not by commas: its header is one column, "${only}".`,
      { fix: 'Save it with commas between the columns, and with points in decimal numbers.' },
    );
  const unnamed = header.flatMap((name, i) => (name === '' ? [i + 1] : []));
  if (unnamed.length > 1)
    throw new DriftloopError(
      'DL_DATA_UNREADABLE',
      `The ${nth(unnamed[0]!)} and the ${nth(unnamed[1]!)} column of ${file} have no name.`,
      { fix: 'Give each column a name of its own.' },
    );
  const twice = header.find((name, i) => header.indexOf(name) !== i);
  if (twice !== undefined)
    throw new DriftloopError('DL_DATA_UNREADABLE', `Two columns of ${file} are called "${twice}".`, {
      fix: 'Give each column a name of its own.',
    });
  return [...header];
}
