import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkInstance } from '../domain/check-instance.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { InputRow } from '../domain/input.ts';
import type { MultiLabel } from '../domain/task.ts';
import { needingRoom } from '../domain/room.ts';
import type { ValuedRows } from './tabular/train-regression.ts';
import type { TabularModel } from './tabular/train-tabular.ts';

/**
 * Reads JSON lines of `{ input, label }`, each checked as an instance of its model. Blank lines are skipped.
 *
 * @throws {DriftloopError} `DL_ROWS_FILE_INVALID` with file and line
 */
export async function readLabelledFile(
  file: string,
  { input, task: { labels } }: Pick<TabularModel, 'input' | 'task'>,
): Promise<{ rows: InputRow[]; labels: string[] }> {
  const { rows, truths } = await collected(readRows(file, input, oneOf(labels)));
  return { rows, labels: truths };
}

/** The same row by row, for rows that are too large to be in memory together. */
export const eachLabelled = (
  file: string,
  { input, task: { labels } }: Pick<TabularModel, 'input' | 'task'>,
): AsyncIterable<Labelled<string>> => readRows(file, input, oneOf(labels));

const oneOf =
  (labels: readonly string[]) =>
  (label: unknown): Truth<string> =>
    typeof label === 'string' && labels.includes(label)
      ? { truth: label }
      : { problem: `its label ${JSON.stringify(label)} is not one of ${labels.join(', ')}` };

/** The same where the label is a number. */
export async function readValuedFile(file: string, input: TabularModel['input']): Promise<ValuedRows> {
  const asNumber = (value: unknown): Truth<number> =>
    typeof value === 'number'
      ? { truth: value }
      : { problem: `its label ${JSON.stringify(value)} is not a number` };
  const { rows, truths } = await collected(readRows(file, input, asNumber));
  return { rows, values: truths };
}

/** The same where there is any number of labels. */
export async function readManyLabelledFile(
  file: string,
  { input, task: { labels } }: { input: TabularModel['input']; task: MultiLabel },
): Promise<{ rows: InputRow[]; labels: string[][] }> {
  const some = (label: unknown): Truth<string[]> =>
    Array.isArray(label) && label.every((one) => labels.includes(one as string))
      ? { truth: label as string[] }
      : { problem: `its label ${JSON.stringify(label)} is no list of ${labels.join(', ')}` };
  const { rows, truths } = await collected(readRows(file, input, some));
  return { rows, labels: truths };
}

/** The same where a text is to be written. */
export async function readAnsweredFile(
  file: string,
  input: TabularModel['input'],
): Promise<{ rows: InputRow[]; answers: string[] }> {
  const asText = (label: unknown): Truth<string> =>
    typeof label === 'string'
      ? { truth: label }
      : { problem: `its label ${JSON.stringify(label)} is no text` };
  const { rows, truths } = await collected(readRows(file, input, asText));
  return { rows, answers: truths };
}

type Line = { input: InputRow; label: string | number | readonly string[] };

/** Writes JSON lines of `{ input, label }`, readable by its owner only. Throws DL_DISK_FULL. */
export async function writeLabelledFile(
  file: string,
  rows: Iterable<Line> | AsyncIterable<Line>,
): Promise<void> {
  const line = ({ input, label }: Line) => `${JSON.stringify({ input, label })}\n`;
  await needingRoom(path.dirname(file), () =>
    pipeline(Readable.from(rows).map(line), createWriteStream(file, { mode: 0o600 })),
  );
}

type Truth<T> = { truth: T } | { problem: string };
type Labelled<T> = { row: InputRow; truth: T };

async function collected<T>(
  labelled: AsyncIterable<Labelled<T>>,
): Promise<{ rows: InputRow[]; truths: T[] }> {
  const rows: InputRow[] = [];
  const truths: T[] = [];
  for await (const { row, truth } of labelled) {
    rows.push(row);
    truths.push(truth);
  }
  return { rows, truths };
}

async function* readRows<T>(
  file: string,
  input: TabularModel['input'],
  readTruth: (label: unknown) => Truth<T>,
): AsyncIterable<Labelled<T>> {
  let line = 0;
  // Errors of the stream (no such file) come out of the loop.
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const parsed = parseLine(text, input, readTruth);
    if (typeof parsed === 'string') throw invalid(file, line, parsed);
    yield parsed;
  }
}

/** A row and what it is, or what is wrong with the line. */
function parseLine<T>(
  text: string,
  input: TabularModel['input'],
  readTruth: (label: unknown) => Truth<T>,
): Labelled<T> | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const given = (value ?? {}) as Record<string, unknown>;
  const checked = checkInstance(input, given['input'], 0);
  if ('problems' in checked) {
    const [first] = checked.problems;
    return `${first!.field} ${first!.problem}`;
  }
  const told = readTruth(given['label']);
  return 'problem' in told ? told.problem : { row: checked.row, truth: told.truth };
}

const invalid = (file: string, line: number, problem: string) =>
  new DriftloopError('DL_ROWS_FILE_INVALID', `Line ${line} of ${file}: ${problem}.`, {
    fix: 'Each line is a JSON object { "input": { …features }, "label": "…" }, as the model declares them.',
  });
