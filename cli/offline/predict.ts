import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { count } from '../../domain/count.ts';
import { DriftloopError } from '../../domain/errors.ts';
import { needingRoom } from '../../domain/room.ts';
import type { Answer } from '../output.ts';
import { doerOfArtifact, withTask } from './choose-task.ts';
import type { Answering, Answers, CommonSettings, OfflineTask } from './offline-task.ts';

export type PredictOptions = {
  artifact: string;
  data: string;
  config?: string;
  model?: string;
};

/** Rows that were answered into a file, and how many of each label, where there are any. */
export type PredictAnswer = { rows: number; out: string; labels?: Record<string, number> };

/** Rows that are answered at a time; a file may be larger than the memory. */
const CHUNK = 4_096;

/** `driftloop predict`: one JSON line of label or labels and scores (or of a value) a row, in the order of the file. */
export async function predict({
  out,
  ...options
}: PredictOptions & { out?: string }): Promise<Answer<PredictAnswer> | void> {
  return out === undefined ? writeLines(answersOf(options)) : predictInto(out, options);
}

/** The answer to every row, in the order of the file, as it is read. */
export async function* answersOf({
  artifact,
  data,
  ...config
}: PredictOptions): AsyncGenerator<Answers[number]> {
  const doer = await doerOfArtifact(artifact, config);
  yield* await withTask(doer, async (task) => answerFile(task, await task.open(artifact), data));
}

/** The same into a file, whole or not at all. */
export async function predictInto(out: string, options: PredictOptions): Promise<Answer<PredictAnswer>> {
  if (path.resolve(out) === path.resolve(options.data))
    throw new DriftloopError('DL_OPTION_INVALID', `--out ${out} is the file with the rows.`, {
      fix: 'Name another file for the answers.',
    });
  const { rows, labels } = await writeFileWhole(out, answersOf(options));
  const said = Object.entries(labels)
    .sort(([, a], [, b]) => b - a)
    .map(([label, n]) => `${label} ${count(n)}`);
  return {
    json: { rows, out, ...(said.length === 0 ? {} : { labels }) },
    text: `${count(rows)} rows are answered in ${out}${said.length === 0 ? '' : `: ${said.join(', ')}`}.`,
  };
}

async function* answerFile<Input>(
  task: Pick<OfflineTask<Input, CommonSettings>, 'instances'>,
  version: Answering<Input>,
  file: string,
): AsyncIterable<Answers[number]> {
  let chunk: Input[] = [];
  for await (const input of task.instances(file, version.model)) {
    chunk.push(input);
    if (chunk.length < CHUNK) continue;
    yield* await version.answer(chunk);
    chunk = [];
  }
  yield* await version.answer(chunk);
}

const labelsIn = (answer: Answers[number]): readonly string[] =>
  'labels' in answer ? answer.labels : 'label' in answer ? [answer.label] : [];

const lineOf = (answer: Answers[number]): string => `${JSON.stringify(answer)}\n`;

async function writeLines(answers: AsyncIterable<Answers[number]>): Promise<void> {
  try {
    await pipeline(Readable.from(answers).map(lineOf), process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has had enough, as `head` has.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** The file as a whole or not at all; counts rows, and labels where there are any. */
async function writeFileWhole(
  out: string,
  answers: AsyncIterable<Answers[number]>,
): Promise<{ rows: number; labels: Record<string, number> }> {
  const counted = { rows: 0, labels: {} as Record<string, number> };
  const part = `${out}.part`;
  const lines = async function* () {
    for await (const answer of answers) {
      counted.rows += 1;
      for (const label of labelsIn(answer)) counted.labels[label] = (counted.labels[label] ?? 0) + 1;
      yield lineOf(answer);
    }
  };
  try {
    await needingRoom(path.dirname(path.resolve(out)), () => pipeline(lines, createWriteStream(part)));
    await rename(part, out);
    return counted;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (!['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR', 'EROFS'].includes(code ?? '')) throw cause;
    throw new DriftloopError('DL_FOLDER_UNUSABLE', `The answers cannot be written to ${out}: ${message}.`, {
      fix: 'Name a file in a folder that is there and that you may write to: --out FILE.',
      cause,
    });
  } finally {
    await rm(part, { force: true });
  }
}
