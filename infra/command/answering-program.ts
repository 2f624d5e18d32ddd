import { milliseconds } from '../../domain/duration.ts';
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { Output, Task, ValueOutput } from '../../domain/task.ts';
import type { CommandTrainer } from '../../domain/trainer-config.ts';
import { readOutputs } from '../../training/command/contract.ts';
import { lastWords, sayEnding, startProgram } from './program.ts';
import { readAnswers } from './read-answers.ts';

/** What answers with a version. */
export type Answering = {
  /** One output a row, in order. Throws DL_PROGRAM_ANSWERS_INVALID, DL_PROGRAM_FAILED. */
  answer(rows: readonly InputRow[]): Promise<(Output | ValueOutput)[]>;
  /** Ends it. */
  close(): Promise<void>;
  isRunning(): boolean;
};

/** What it is asked, one after the other. */
type Asked = { resolve: (outputs: unknown[]) => void; reject: (error: Error) => void };

/**
 * Starts the program of a version to answer rows: one line a request, one line an answer. While it is asked nothing, it
 * does not keep this process alive.
 *
 * @param folder of its artifact
 * @throws {DriftloopError} `DL_PROGRAM_NOT_FOUND`
 */
export async function startAnswering(
  trainer: CommandTrainer,
  { folder, task, name }: { folder: string; task: Task; name: string },
): Promise<Answering> {
  const asked: Asked[] = [];
  let isRunning = true;
  let patience: NodeJS.Timeout | undefined;
  const waitAnew = () => {
    clearTimeout(patience);
    program.hold(asked.length > 0);
    if (asked.length > 0) patience = setTimeout(() => program.stop(), milliseconds(trainer.silence));
  };
  const program = await startProgram([...trainer.command, 'predict', folder], {
    graceMs: milliseconds(trainer.grace),
    onLine(line) {
      const outputs = readOutputs(line);
      // A library's own words; what answers is a line of the contract.
      if (outputs === null) return;
      asked.shift()?.resolve(outputs);
      waitAnew();
    },
  });
  void program.ended.then((ending) => {
    isRunning = false;
    clearTimeout(patience);
    for (const { reject } of asked.splice(0))
      reject(failed(name, `ended by ${sayEnding(ending)} before it had answered`, program.complaints()));
  });

  waitAnew();
  const ask = (rows: readonly InputRow[]) =>
    new Promise<unknown[]>((resolve, reject) => {
      if (!isRunning) return reject(failed(name, 'has ended', program.complaints()));
      asked.push({ resolve, reject });
      waitAnew();
      program.send(JSON.stringify({ rows }));
    });
  return {
    isRunning: () => isRunning,
    async answer(rows) {
      const outputs = await ask(rows);
      return readAnswers({ name, task }, rows.length, outputs);
    },
    async close() {
      program.hold(true);
      program.stop();
      await program.ended;
    },
  };
}

const failed = (name: string, how: string, complaints: string) =>
  new DriftloopError(
    'DL_PROGRAM_FAILED',
    `The program that answers for ${name} ${how}.${lastWords(complaints)}`,
    {
      fix: 'Its last words say why; try it by hand with "predict" and the folder of the version.',
      retryable: true,
      status: 503,
    },
  );
