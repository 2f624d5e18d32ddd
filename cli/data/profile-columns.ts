import { writingOf } from './cell-writing.ts';
import type { Writing } from './cell-writing.ts';
import { isMissing, numberIn } from './cells.ts';
import { readRecords } from './records.ts';
import type { Nested } from './records.ts';

/** What is known of a column after one pass over the file. */
export type ColumnProfile = {
  isNumeric: boolean;
  missing: number;
  rows: number;
  /** Different values, as many as were asked for. */
  values: Set<string>;
  /** Whole numbers, each one more than the one before. */
  countsRows: boolean;
  /** Nearly every row has another value; false for a few rows, where that is chance. */
  isEachOther: boolean;
  /** Words with a letter in them that a value has, on average over the first ones; 0 without values. */
  words: number;
  /** How the first ones are written that are no numbers, where it is a way that is not read. */
  writing: Writing | null;
};

/** Whether values differ from row to row, and how many words they have, is seen in the first rows; all would have to be remembered. */
const HEAD = 1_000;
const LEAST_ROWS = 20;
const NEARLY_EVERY = 0.95;

/** One pass over a file; remembers at most `valuesAtMost` values a column. `nested`: as for `readRecords`. */
export async function profileColumns(
  file: string,
  header: readonly string[],
  valuesAtMost: number,
  nested: Nested = false,
): Promise<Map<string, ColumnProfile>> {
  const watches = new Map(header.map((column) => [column, watch(valuesAtMost)]));
  for await (const { cells } of readRecords(file, nested))
    for (const [column, { see }] of watches) see((cells[column] ?? '').trim());
  return new Map([...watches].map(([column, { profile }]) => [column, profile()]));
}

function watch(valuesAtMost: number) {
  const values = new Set<string>();
  const head = new Set<string>();
  let [rows, missing, headRows, headWords] = [0, 0, 0, 0];
  let [isNumeric, countsRows] = [true, true];
  let before: number | null = null;
  return {
    see(cell: string): void {
      rows += 1;
      if (isMissing(cell)) {
        missing += 1;
        countsRows = false;
        return;
      }
      const number = isNumeric || countsRows ? numberIn(cell) : undefined;
      if (number === undefined) isNumeric = false;
      if (number === undefined || !Number.isInteger(number) || (before !== null && number !== before + 1))
        countsRows = false;
      before = number ?? null;
      if (values.size < valuesAtMost) values.add(cell);
      if (headRows < HEAD) {
        headRows += 1;
        headWords += lettered(cell);
        head.add(cell);
      }
    },
    profile: (): ColumnProfile => ({
      isNumeric,
      missing,
      rows,
      values,
      countsRows: countsRows && rows >= LEAST_ROWS,
      isEachOther: headRows >= LEAST_ROWS && head.size >= NEARLY_EVERY * headRows,
      words: headRows === 0 ? 0 : headWords / headRows,
      writing: isNumeric ? null : writingOf(head),
    }),
  };
}

const lettered = (cell: string): number => cell.match(/\S*\p{L}\S*/gu)?.length ?? 0;
