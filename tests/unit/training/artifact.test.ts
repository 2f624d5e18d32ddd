import { mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { category, number, text } from '../../../domain/input.ts';
import { classification } from '../../../domain/task.ts';
import { readArtifact, readSignature, trainedOf, writeArtifact } from '../../../training/artifact.ts';
import type { Artifact } from '../../../training/artifact.ts';
import { random } from '../../../training/random.ts';
import { runTrainingJob } from '../../../training/run-training-job.ts';
import { predictTabular } from '../../../training/tabular/predict-tabular.ts';
import { tabularSettings } from '../../../training/tabular/settings.ts';

const model = {
  name: 'plans',
  task: classification({ labels: ['stay', 'leave'] }),
  input: { tenure: number(), plan: category(['free', 'team']), fee: number() },
};
const settings = tabularSettings({ method: 'full', hidden: [6], minSteps: 100, maxSteps: 100 });
const training = { kind: 'table', settings, search: null, warmStart: null } as const;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-artifact-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function trainInto(outFolder: string) {
  const chance = random(1);
  const line = () => {
    const tenure = Math.round(60 * chance.uniform());
    const input = { tenure, plan: chance.uniform() < 0.5 ? 'free' : 'team', fee: 9 };
    return JSON.stringify({ input, label: tenure > 30 ? 'stay' : 'leave' });
  };
  const files = {
    trainFile: path.join(folder, 'train.jsonl'),
    validationFile: path.join(folder, 'valid.jsonl'),
  };
  await writeFile(files.trainFile, Array.from({ length: 200 }, line).join('\n'));
  await writeFile(files.validationFile, `${Array.from({ length: 60 }, line).join('\n')}\n\n`);
  const job = { model, training, ...files, outFolder, lineage: { snapshotId: 's1' } };
  return runTrainingJob(job, { onProgress: () => {} });
}
const rows = [
  { tenure: 3, plan: 'free', fee: 9 },
  { tenure: null, plan: 'nobody', fee: 9 },
];

describe('an artifact', () => {
  test('carries everything that answers an instance, and says what it was made of', async () => {
    const report = await trainInto(folder);
    const artifact = await readArtifact(folder);
    const { signature } = artifact;
    expect(signature).toMatchObject({
      model,
      training: { rows: 200, validationRows: 60, steps: report.steps, backend: 'javascript' },
      lineage: { snapshotId: 's1' },
      network: { inputs: 5, hidden: [6], outputs: 2 },
    });
    expect(signature.training.notes).toEqual(report.notes);
    expect(report.notes).toEqual([expect.stringContaining('"fee" is constant') as string]);
    const { tenure, plan, fee } = signature.reference.features;
    for (const feature of [tenure, plan, fee])
      expect(Object.values(feature!.shares).reduce((a, b) => a + b)).toBeCloseTo(1, 9);
    expect(Object.keys(plan!.shares).sort()).toEqual(['free', 'missing', 'team', 'unknown']);
    expect(fee!.shares).toEqual({ 0: 0, 1: 1, 2: 0, missing: 0, unknown: 0 });
    expect(signature.reference.labels['stay']! + signature.reference.labels['leave']!).toBeCloseTo(1, 9);
    expect(predictTabular(trainedOf(artifact), rows)).toHaveLength(2);
  });

  test('is the same bytes when it is trained again, and when it is written again', async () => {
    const read = async (at: string) => [
      await readFile(path.join(at, 'driftloop.json'), 'utf8'),
      await readFile(path.join(at, 'model.safetensors')),
    ];
    await trainInto(folder);
    await trainInto(path.join(folder, 'again'));
    const first = await readArtifact(folder);
    await writeArtifact(path.join(folder, 'copy'), first);
    expect(await read(path.join(folder, 'again'))).toEqual(await read(folder));
    expect(await read(path.join(folder, 'copy'))).toEqual(await read(folder));
  });
});

test('an artifact of a table with a text carries the words that it knows, and answers as before', async () => {
  const noted = { ...model, input: { tenure: number(), note: text() } };
  const notes = ['card is late', 'all is well', null];
  const file = path.join(folder, 'noted.jsonl');
  const lines = Array.from({ length: 90 }, (_, i) => {
    const input = { tenure: i % 7, note: notes[i % 3] };
    return JSON.stringify({ input, label: i % 3 === 0 ? 'leave' : 'stay' });
  });
  await writeFile(file, lines.join('\n'));
  const longer = { ...training, settings: { ...settings, minSteps: 600, maxSteps: 600 } };
  const job = {
    model: noted,
    training: longer,
    trainFile: file,
    validationFile: file,
    outFolder: folder,
    lineage: {},
  };
  await runTrainingJob(job, { onProgress: () => {} });
  const artifact = await readArtifact(folder);
  const { signature } = artifact;
  expect(signature.preprocessing.columns[1]).toMatchObject({ kind: 'text', missing: true });
  expect(JSON.stringify(signature.preprocessing.columns[1])).toContain('{"term":"card is","weight":');
  expect(signature.reference.features['note']).toMatchObject({ kind: 'text', shares: { missing: 1 / 3 } });
  const answers = predictTabular(trainedOf(artifact), [
    { tenure: 3, note: 'my card is LATE' },
    { tenure: 3, note: 'all is well' },
    { tenure: 3, note: null },
  ]);
  expect(answers.map(({ label }) => label)).toEqual(['leave', 'stay', 'stay']);

  await writeArtifact(path.join(folder, 'copy'), artifact);
  expect(await readArtifact(path.join(folder, 'copy'))).toEqual(artifact);
});

describe('an artifact is refused', () => {
  beforeEach(async () => {
    await trainInto(folder);
  });
  const signatureFile = () => path.join(folder, 'driftloop.json');
  const rewrite = async (change: (signature: Record<string, unknown>) => void) => {
    const signature = JSON.parse(await readFile(signatureFile(), 'utf8')) as Record<string, unknown>;
    change(signature);
    await writeFile(signatureFile(), JSON.stringify(signature));
  };
  const refused = (why: string) => ({
    code: 'DL_ARTIFACT_CORRUPT',
    message: expect.stringContaining(why) as string,
  });

  test.each<[string, (signature: Record<string, unknown>) => void, string]>([
    ['of another format', (s) => (s['format'] = 2), 'format'],
    ['with a field that nobody knows', (s) => (s['extra'] = 1), 'extra'],
    ['with no lineage', (s) => delete s['lineage'], 'lineage'],
    [
      'whose inputs are not its columns',
      (s) => ((s['network'] as { inputs: number }).inputs = 4),
      '5 encoded columns',
    ],
    [
      'whose outputs are not its labels',
      (s) => ((s['network'] as { outputs: number }).outputs = 3),
      '2 labels',
    ],
    [
      'with a column that is no feature',
      (s) => (s['model'] = { ...model, input: { plan: model.input.plan } }),
      '"tenure"',
    ],
    [
      'whose layers are not its weights',
      (s) => ((s['network'] as { hidden: number[] }).hidden = [7]),
      'layers.0.kernel',
    ],
    [
      'with a network of the size of a planet',
      (s) => ((s['network'] as { hidden: number[] }).hidden = [999_999, 999_999]),
      'layers.0.kernel',
    ],
  ])('%s', async (_, change, why) => {
    await rewrite(change);
    await expect(readArtifact(folder)).rejects.toMatchObject(refused(why));
  });

  test('when a file is missing, cut off, not JSON, or a link', async () => {
    const weights = path.join(folder, 'model.safetensors');
    await truncate(weights, 100);
    await expect(readArtifact(folder)).rejects.toMatchObject(refused('model.safetensors'));
    await rm(weights);
    await expect(readArtifact(folder)).rejects.toMatchObject(refused('not there'));
    await writeFile(signatureFile(), '{');
    await expect(readSignature(folder)).rejects.toMatchObject(refused('not JSON'));
    await rm(signatureFile());
    await symlink('/etc/hostname', signatureFile());
    await expect(readSignature(folder)).rejects.toMatchObject(refused('not there'));
  });

  test('when a weight is not a number', async () => {
    const artifact: Artifact = await readArtifact(folder);
    artifact.weights[3] = Number.NaN;
    await writeArtifact(folder, artifact);
    await expect(readArtifact(folder)).rejects.toMatchObject(refused('not finite'));
  });
});

test('a line of the training file that is no example is named', async () => {
  await trainInto(folder);
  const file = path.join(folder, 'bad.jsonl');
  const job = {
    model,
    training,
    trainFile: file,
    validationFile: file,
    outFolder: folder,
    lineage: {},
  };
  for (const [text, why] of [
    ['{"input":{"tenure":1}', 'Line 2'],
    ['{"input":{"tenure":"x"},"label":"stay"}', 'tenure is "x"'],
    ['{"input":{"tenure":1},"label":"gone"}', '"gone"'],
  ] as const) {
    await writeFile(file, `{"input":{"tenure":1,"plan":"free","fee":1},"label":"stay"}\n${text}\n`);
    const failed = runTrainingJob(job, { onProgress: () => {} });
    await expect(failed).rejects.toMatchObject({
      code: 'DL_ROWS_FILE_INVALID',
      message: expect.stringContaining(why) as string,
    });
  }
});
