import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { InputRow } from '../../domain/input.ts';
import { writeLabelledFile } from '../../training/labelled-file.ts';
import type { CommonSettings, Example, Training } from './offline-task.ts';

/** Calls `use` with the rows of a training as files, which are there for the time of it only. */
export async function withLabelledFiles<T>(
  {
    described,
    train,
    validation,
  }: Pick<Training<InputRow, CommonSettings>, 'described' | 'train' | 'validation'>,
  use: (files: { trainFile: string; validationFile: string }) => Promise<T>,
): Promise<T> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'driftloop-finetune-'));
  const isValue = described.model.task.kind === 'regression';
  const write = async (name: string, rows: readonly Example<InputRow>[]) => {
    const file = path.join(scratch, name);
    await writeLabelledFile(
      file,
      rows.map(({ input, label }) => ({ input, label: isValue ? Number(label) : label })),
    );
    return file;
  };
  try {
    return await use({
      trainFile: await write('train.jsonl', train),
      validationFile: await write('validation.jsonl', validation),
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
