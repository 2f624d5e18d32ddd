import { DriftloopError } from '../../domain/errors.ts';
import type { Output, Task, ValueOutput } from '../../domain/task.ts';
import { readOutput } from '../../training/command/read-output.ts';

/**
 * What was answered for some rows, as answers of the task.
 *
 * @throws {DriftloopError} `DL_PROGRAM_ANSWERS_INVALID`
 */
export function readAnswers(
  { name, task }: { name: string; task: Task },
  rows: number,
  outputs: readonly unknown[] | { problem: string },
): (Output | ValueOutput)[] {
  if ('problem' in outputs) throw invalid(name, outputs.problem);
  if (outputs.length !== rows) throw invalid(name, `it gave ${outputs.length} outputs for ${rows} rows`);
  return outputs.map((output, row) => {
    const read = readOutput(task, output);
    if ('problem' in read) throw invalid(name, `of row ${row + 1}: ${read.problem}`);
    return read;
  });
}

const invalid = (name: string, why: string) =>
  new DriftloopError(
    'DL_PROGRAM_ANSWERS_INVALID',
    `What answers for ${name} gave answers that cannot be used: ${why}.`,
    { fix: 'Let it answer each row as docs/trainers.md shows.', status: 500 },
  );
