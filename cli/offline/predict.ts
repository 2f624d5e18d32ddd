import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DriftloopError } from '../../domain/errors.ts';
import { needingRoom } from '../../domain/room.ts';
import type { Output } from '../../domain/task.ts';
import type { Answer } from '../output.ts';
import { taskOfArtifact, withTask } from './choose-task.ts';
import type { Answering, OfflineTask } from './offline-task.ts';

export type PredictOptions = { artifact: string; data: string; out?: string };

/** Rows that are answered at a time; a file may be larger than the memory. */
const CHUNK = 4_096;

/** `driftloop predict`: one JSON line of label and scores a row, in the order of the file. */
export async function predict({ artifact, data, out }: PredictOptions): Promise<Answer | void> {
  return withTask(await taskOfArtifact(artifact), async (task) => {
    const answers = answerFile(task, await task.open(artifact), data);
    if (out === undefined) return writeLines(answers);
    if (path.resolve(out) === path.resolve(data))
      throw new DriftloopError('DL_OPTION_INVALID', `--out ${out} is the file with the rows.`, {
        fix: 'Name another file for the answers.',
      });
    const counts = await writeFileWhole(out, answers);
    const rows = Object.values(counts).reduce((sum, n) => sum + n, 0);
    const said = Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .map(([label, n]) => `${label} ${n.toLocaleString('en-US')}`);
    return {
      json: { rows, out, labels: counts },
      text: `${rows.toLocaleString('en-US')} rows are answered in ${out}: ${said.join(', ')}.`,
    };
  });
}

async function* answerFile<Input>(
  task: OfflineTask<Input>,
  version: Answering<Input>,
  file: string,
): AsyncIterable<Output> {
  let chunk: Input[] = [];
  for await (const input of task.instances(file, version.model)) {
    chunk.push(input);
    if (chunk.length < CHUNK) continue;
    yield* await version.answer(chunk);
    chunk = [];
  }
  yield* await version.answer(chunk);
}

const lineOf = ({ label, scores }: Output): string => `${JSON.stringify({ label, scores })}\n`;

async function writeLines(answers: AsyncIterable<Output>): Promise<void> {
  try {
    await pipeline(Readable.from(answers).map(lineOf), process.stdout, { end: false });
  } catch (error) {
    // Whoever reads has had enough, as `head` has.
    if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error;
  }
}

/** The file as a whole or not at all; counts the labels. */
async function writeFileWhole(out: string, answers: AsyncIterable<Output>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  const part = `${out}.part`;
  const lines = async function* () {
    for await (const output of answers) {
      counts[output.label] = (counts[output.label] ?? 0) + 1;
      yield lineOf(output);
    }
  };
  try {
    await needingRoom(path.dirname(path.resolve(out)), () => pipeline(lines, createWriteStream(part)));
    await rename(part, out);
    return counts;
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
