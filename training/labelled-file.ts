import { createReadStream, createWriteStream } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { checkInstance } from '../domain/check-instance.ts';
import { DriftloopError } from '../domain/errors.ts';
import type { InputRow } from '../domain/input.ts';
import { needingRoom } from '../domain/room.ts';
import type { TabularModel } from './tabular/train-tabular.ts';

/**
 * Reads JSON lines of `{ input, label }`, each checked as an instance of its model. Blank lines are skipped.
 *
 * @throws {DriftloopError} `DL_ROWS_FILE_INVALID` with file and line
 */
export async function readLabelledFile(
  file: string,
  model: TabularModel,
): Promise<{ rows: InputRow[]; labels: string[] }> {
  const rows: InputRow[] = [];
  const labels: string[] = [];
  let line = 0;
  // Errors of the stream (no such file) come out of the loop.
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    line += 1;
    if (text.trim() === '') continue;
    const { row, label } = parseLine(text, model, (problem) => invalid(file, line, problem));
    rows.push(row);
    labels.push(label);
  }
  return { rows, labels };
}

/** Writes JSON lines of `{ input, label }`, readable by its owner only. Throws DL_DISK_FULL. */
export async function writeLabelledFile(
  file: string,
  rows: Iterable<{ input: InputRow; label: string }> | AsyncIterable<{ input: InputRow; label: string }>,
): Promise<void> {
  const line = ({ input, label }: { input: InputRow; label: string }) =>
    `${JSON.stringify({ input, label })}\n`;
  await needingRoom(path.dirname(file), () =>
    pipeline(Readable.from(rows).map(line), createWriteStream(file, { mode: 0o600 })),
  );
}

function parseLine(
  text: string,
  model: TabularModel,
  refuse: (problem: string) => DriftloopError,
): { row: InputRow; label: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse('is not JSON');
  }
  const { input, label } = (value ?? {}) as Record<string, unknown>;
  const checked = checkInstance(model.input, input, 0);
  if ('problems' in checked) {
    const [first] = checked.problems;
    throw refuse(`${first!.field} ${first!.problem}`);
  }
  if (typeof label !== 'string' || !model.task.labels.includes(label))
    throw refuse(`its label ${JSON.stringify(label)} is not one of ${model.task.labels.join(', ')}`);
  return { row: checked.row, label };
}

const invalid = (file: string, line: number, problem: string) =>
  new DriftloopError('DL_ROWS_FILE_INVALID', `Line ${line} of ${file}: ${problem}.`, {
    fix: 'Each line is a JSON object { "input": { …features }, "label": "…" }, as the model declares them.',
  });
