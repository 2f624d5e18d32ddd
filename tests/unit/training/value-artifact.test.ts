import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { number } from '../../../domain/input.ts';
import { regression } from '../../../domain/task.ts';
import { readArtifact, regressorOf, trainedOf } from '../../../training/artifact.ts';
import { SIGNATURE_FILE } from '../../../training/signature-file.ts';
import { writeLabelledFile } from '../../../training/labelled-file.ts';
import { runTrainingJob } from '../../../training/run-training-job.ts';
import { predictValues } from '../../../training/tabular/train-regression.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tabularSettings } from '../../../training/tabular/settings.ts';

const model = { name: 'double', task: regression(), input: { x: number() } };
const settings = tabularSettings({ method: 'full', hidden: [6], minSteps: 300, maxSteps: 300 });
const training = { kind: 'table', settings, search: null, warmStart: null } as const;
const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ input: { x: i % 50 }, label: 2 * (i % 50) + 1 }));

async function trainInto(folder: string) {
  const trainFile = path.join(folder, 'train.jsonl');
  const validationFile = path.join(folder, 'validation.jsonl');
  await writeLabelledFile(trainFile, rowsOf(200));
  await writeLabelledFile(validationFile, rowsOf(50));
  const outFolder = path.join(folder, 'artifact');
  const job = { model, training, trainFile, validationFile, outFolder, lineage: {} };
  return { job, report: await runTrainingJob(job, { onProgress: () => {} }) };
}

test('a regression is trained from a file, stored, read, and answers numbers', async () => {
  const { job, report } = await trainInto(tempFolder());
  expect(report).toMatchObject({ steps: 300, resumedAtStep: null, backend: 'javascript' });
  const artifact = await readArtifact(job.outFolder);
  const answers = predictValues(regressorOf(artifact)!, [{ x: 10 }, { x: 40 }]);
  expect(Math.abs(answers[0]!.value - 21)).toBeLessThan(5);
  expect(Math.abs(answers[1]!.value - 81)).toBeLessThan(5);
});

test('it is refused where labels are needed, and a signature that forgets what its numbers are is corrupt', async () => {
  const { job } = await trainInto(tempFolder());
  const artifact = await readArtifact(job.outFolder);
  expect(() => trainedOf(artifact)).toThrow(expect.objectContaining({ code: 'DL_ARTIFACT_UNFIT' }));
  const file = path.join(job.outFolder, SIGNATURE_FILE);
  const { target: _, ...rest } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  await writeFile(file, JSON.stringify(rest));
  await expect(readArtifact(job.outFolder)).rejects.toMatchObject({ code: 'DL_ARTIFACT_CORRUPT' });
});

test('a line whose label is no number is named', async () => {
  const { job } = await trainInto(tempFolder());
  await writeFile(job.trainFile, '{"input":{"x":1},"label":2}\n{"input":{"x":1},"label":"two"}\n');
  await expect(runTrainingJob(job, { onProgress: () => {} })).rejects.toMatchObject({
    code: 'DL_ROWS_FILE_INVALID',
    message: expect.stringContaining('Line 2') as string,
  });
});
