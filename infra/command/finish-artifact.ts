import { readdir } from 'node:fs/promises';
import { DriftloopError } from '../../domain/errors.ts';
import type { InputRow } from '../../domain/input.ts';
import type { TrainingReport } from '../../domain/ports.ts';
import type { Output, ValueOutput } from '../../domain/task.ts';
import type { CommandSignature } from '../../training/command/command-signature.ts';
import { readLabelledFile, readValuedFile } from '../../training/labelled-file.ts';
import { plain } from '../../training/plain.ts';
import { referenceShares } from '../../training/reference.ts';
import { writeSignature } from '../../training/signature-file.ts';
import { ARTIFACT_FORMAT } from '../../training/signature.ts';
import { startAnswers } from './start-answers.ts';
import type { CommandJob } from './job-folder.ts';

/** Validation rows that a new version has to answer: enough for the shares of its labels, and soon done. */
const ROWS_ANSWERED = 256;
const ROWS_AT_ONCE = 32;

/**
 * Makes a version of what a program has left: lets the program answer validation rows with it, notes what live rows
 * will be compared with, and signs the folder.
 *
 * @throws {DriftloopError} `DL_PROGRAM_NO_ARTIFACT`, `DL_PROGRAM_ANSWERS_INVALID`, `DL_PROGRAM_FAILED`,
 *   `DL_ROWS_FILE_INVALID`; the signal's reason when aborted
 */
export async function finishArtifact(
  job: CommandJob,
  folder: string,
  made: { report: TrainingReport; parameters: CommandSignature['parameters'] },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { name, task, input } = job.model;
  if ((await readdir(folder)).length === 0) throw noArtifact(name);
  const [train, validation] = await Promise.all([
    rowsOf(job, job.trainFile),
    rowsOf(job, job.validationFile),
  ]);
  const answers = await answersTo(job, folder, spread(validation, ROWS_ANSWERED), signal);
  const predicted = answers.flatMap((answer) => ('label' in answer ? [answer.label] : []));
  const { seconds: _, resumedAtStep: __, peakMemoryMb: ___, kept: ____, ...counts } = made.report;
  const labels = task.kind === 'classification' ? task.labels : [];
  const signature: CommandSignature = {
    format: ARTIFACT_FORMAT,
    kind: 'command',
    model: { name, task, input },
    trainer: job.training.trainer,
    parameters: made.parameters,
    reference: plain(referenceShares(input, train, { labels }, predicted)),
    training: {
      ...counts,
      rows: train.length,
      validationRows: validation.length,
      notes: [...counts.notes],
    },
    lineage: { ...job.lineage },
  };
  await writeSignature(folder, signature);
}

async function rowsOf({ model }: CommandJob, file: string): Promise<readonly InputRow[]> {
  const { task, input } = model;
  switch (task.kind) {
    case 'classification':
      return (await readLabelledFile(file, { input, task })).rows;
    case 'regression':
      return (await readValuedFile(file, input)).rows;
    default:
      return task satisfies never;
  }
}

/** Evenly from beginning to end, so that every time of the file is among them. */
const spread = <T>(rows: readonly T[], atMost: number): T[] => {
  const every = Math.max(1, rows.length / atMost);
  return Array.from({ length: Math.min(rows.length, atMost) }, (_, i) => rows[Math.floor(i * every)]!);
};

async function answersTo(
  { model, training: { trainer } }: CommandJob,
  folder: string,
  rows: readonly InputRow[],
  signal: AbortSignal | undefined,
): Promise<(Output | ValueOutput)[]> {
  const program = await startAnswers(trainer, { folder, model });
  const close = () => void program.close();
  signal?.addEventListener('abort', close, { once: true });
  try {
    const answers: (Output | ValueOutput)[] = [];
    for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
      signal?.throwIfAborted();
      answers.push(...(await program.answer(rows.slice(from, from + ROWS_AT_ONCE))));
    }
    return answers;
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', close);
    await program.close();
  }
}

const noArtifact = (model: string) =>
  new DriftloopError(
    'DL_PROGRAM_NO_ARTIFACT',
    `The program that trains ${model} said that it was done and left nothing in the folder for the artifact.`,
    { fix: 'Let it write what it has trained into paths.artifact of spec.json.', status: 500 },
  );
