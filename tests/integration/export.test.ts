import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { exportArtifact } from '../../cli/operate/export-version.ts';
import { parseConfig } from '../../domain/config.ts';
import { category, number, text } from '../../domain/input.ts';
import type { Feature, InputRow } from '../../domain/input.ts';
import { classification, regression } from '../../domain/task.ts';
import type { AnyOutput, Task } from '../../domain/task.ts';
import { createFolderStore } from '../../infra/artifacts/folder-store.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { readArtifact, regressorOf, trainedOf } from '../../training/artifact.ts';
import { random } from '../../training/random.ts';
import { runTrainingJob } from '../../training/run-training-job.ts';
import { predictTabular } from '../../training/tabular/predict-tabular.ts';
import { tabularSettings } from '../../training/tabular/settings.ts';
import { predictValues } from '../../training/tabular/train-regression.ts';
import { pythonWith } from '../bench/python-with.ts';
import { putBase, someLora, temperatures, trainReader, trainWriter } from '../support/adapter-versions.ts';
import { typeHere } from '../support/command-line.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../support/test-database.ts';

/** What is exported is read by the tools that it is for: ONNX Runtime, safetensors, MLflow. */

const reader = fileURLToPath(new URL('../support/exports/read.py', import.meta.url));
const requirements = fileURLToPath(new URL('../support/exports/requirements.txt', import.meta.url));
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
let python: string[];
const kept = mkdtempSync(path.join(tmpdir(), 'driftloop-exports-'));
const artifacts = path.join(kept, 'artifacts');
const store = createFolderStore(artifacts);
beforeAll(async () => {
  const tools = { name: 'test-exports', version: '1', requirements, says: 'MLflow and ONNX Runtime' };
  python = await pythonWith(tools, () => {});
  postgres = await startTestPostgres();
  db = await openTestDatabase(postgres.databaseUrl);
  for (const [name, value] of Object.entries({
    DATABASE_URL: db.databaseUrl,
    DRIFTLOOP_NAMESPACE: db.namespace,
    DRIFTLOOP_TEMPORAL_ADDRESS: '127.0.0.1:1',
    DRIFTLOOP_KAFKA_BROKERS: '127.0.0.1:1',
    DRIFTLOOP_PROMETHEUS_URL: 'http://127.0.0.1:1',
    DRIFTLOOP_ARTIFACTS: artifacts,
    DRIFTLOOP_TOKEN: 'the-token-of-the-installation',
  }))
    vi.stubEnv(name, value);
}, 300_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await db?.close();
  await postgres?.stop();
  rmSync(kept, { recursive: true, force: true });
});

const read = <T>(...asked: unknown[]): Promise<T> =>
  new Promise((resolve, reject) => {
    const [command, ...args] = [...python, reader];
    const child = execFile(command, args, { maxBuffer: 1e8 }, (error, out, err) =>
      error === null ? resolve(JSON.parse(out) as T) : reject(new Error(err)),
    );
    child.stdin!.end(JSON.stringify(asked));
  });

const chance = random(3);
const pick = (...words: string[]) => words[Math.floor(chance.uniform() * words.length)]!;
/** Some of it missing, a word that nobody has declared, a column that says nothing. */
const rows = Array.from({ length: 400 }, (_, i): InputRow => ({
  tenure: i % 7 === 0 ? null : Math.round(6_000 * chance.uniform()) / 100,
  plan: i % 5 === 0 ? null : i % 11 === 0 ? 'gold' : pick('free', 'team'),
  fee: 9,
  town: pick('a', 'b'),
}));
const input = {
  tenure: number(),
  plan: category(['free', 'team']),
  fee: number(),
  town: category(['a', 'b']),
};
const settings = tabularSettings({ method: 'full', hidden: [6, 5], minSteps: 150, maxSteps: 150 });

/** Trains in plain JavaScript, as a run does, and stores what came of it. */
async function trained(
  task: Task,
  labelOf: (row: InputRow) => unknown,
  features: Record<string, Feature> = input,
) {
  const folder = tempFolder();
  const write = (name: string, some: readonly InputRow[]) => {
    const lines = some.map((row) => JSON.stringify({ input: row, label: labelOf(row) }));
    writeFileSync(path.join(folder, name), lines.join('\n'));
    return path.join(folder, name);
  };
  const outFolder = path.join(folder, 'artifact');
  await runTrainingJob(
    {
      model: { name: 'plans', task, input: features },
      training: { kind: 'table', settings, search: null, warmStart: null },
      trainFile: write('train.jsonl', rows.slice(0, 300)),
      validationFile: write('validation.jsonl', rows.slice(300)),
      outFolder,
      lineage: { snapshotId: 's1' },
    },
    { onProgress: () => {} },
  );
  return { folder: outFolder, ...(await store.put(outFolder)) };
}
const isLong = ({ tenure }: InputRow) => (tenure === null ? 'ask' : Number(tenure) > 30 ? 'stay' : 'leave');
const classes = classification({ labels: ['stay', 'leave', 'ask'] });
const fresh = () => path.join(tempFolder(), 'out');

test('a network for columns answers in ONNX Runtime as here, whatever is missing or unknown', async () => {
  const { digest, folder } = await trained(classes, isLong);
  const out = fresh();
  expect(await exportArtifact(store, { model: 'plans', digest, format: 'onnx', out })).toEqual([
    'model.onnx',
  ]);
  type Said = { label: string[]; scores: number[][] };
  const said = await read<Said>('onnx', path.join(out, 'model.onnx'), rows);
  const ours = predictTabular(trainedOf(await readArtifact(folder)), rows);
  expect(new Set(said.label).size).toBeGreaterThan(1);
  expect(ours.map(({ label }) => label)).toEqual(said.label);
  const offBy = ours.flatMap(({ scores }, i) =>
    classes.labels.map((label, c) => Math.abs(scores[label]! - said.scores[i]![c]!)),
  );
  expect(Math.max(...offBy)).toBeLessThan(1e-5);
}, 120_000);

test('so do numbers, in their own unit', async () => {
  const task = regression({ tolerance: 5 });
  const { digest, folder } = await trained(
    task,
    ({ tenure, town }) => Number(tenure) * (town === 'a' ? 20 : 9),
  );
  const out = fresh();
  await exportArtifact(store, { model: 'plans', digest, format: 'onnx', out });
  const { value } = await read<{ value: number[][] }>('onnx', path.join(out, 'model.onnx'), rows);
  const ours = predictValues(regressorOf(await readArtifact(folder))!, rows);
  const offBy = ours.map((answer, i) => Math.abs(answer.value - value[i]![0]!));
  expect(Math.max(...offBy)).toBeLessThan(1e-3);
  expect(new Set(ours.map((answer) => Math.round(answer.value))).size).toBeGreaterThan(50);
}, 120_000);

test('what ONNX cannot say is refused with another way; nothing is written', async () => {
  const { digest } = await trained(classes, isLong, { ...input, note: text() });
  const out = fresh();
  await expect(exportArtifact(store, { model: 'plans', digest, format: 'onnx', out })).rejects.toMatchObject({
    code: 'DL_EXPORT_UNFIT',
    message: expect.stringContaining('"note" is a text') as string,
    fix: expect.stringContaining('--format safetensors') as string,
  });
  expect(() => readdirSync(out)).toThrow('ENOENT');
});

test('a network as transformers keeps it is written without what is only ours; safetensors opens it', async () => {
  const made = await trained(classes, isLong);
  const out = fresh();
  await exportArtifact(store, { model: 'plans', digest: made.digest, format: 'safetensors', out });
  expect(readdirSync(out).toSorted()).toEqual(['driftloop.json', 'model.safetensors']);
  const tensors = await read('safetensors', path.join(out, 'model.safetensors'));
  expect(tensors).toMatchObject({
    'layers.0.bias': [[6], 'float32'],
    'layers.2.kernel': [[5, 3], 'float32'],
  });

  const folder = tempFolder();
  for (const name of ['config.json', 'tokenizer.json', 'model.safetensors', 'learnt.json'])
    writeFileSync(path.join(folder, name), '{}');
  writeFileSync(path.join(folder, 'driftloop.json'), JSON.stringify({ kind: 'text-classifier' }));
  const { digest } = await store.put(folder);
  const [others, ours] = [fresh(), fresh()];
  const model = 'plans';
  await exportArtifact(store, { model, digest, format: 'safetensors', out: others });
  await exportArtifact(store, { model, digest, format: 'driftloop', out: ours });
  expect(readdirSync(others).toSorted()).toEqual(['config.json', 'model.safetensors', 'tokenizer.json']);
  expect((await store.put(ours)).digest).toBe(digest);
  const again = exportArtifact(store, { model, digest, format: 'driftloop', out: ours });
  await expect(again).rejects.toMatchObject({ code: 'DL_FOLDER_NOT_EMPTY' });
  const onnx = exportArtifact(store, { model, digest, format: 'onnx', out: fresh() });
  await expect(onnx).rejects.toMatchObject({ code: 'DL_EXPORT_UNFIT' });
});

const WRITER = 'vectors/finetune/llama-untied';
const READER = 'vectors/finetune/bert';
const asked = temperatures.rows.slice(0, 6);

/** What a version answers in a process of its own, as where it is served. */
async function answersOf(folder: string): Promise<AnyOutput[]> {
  const predictor = createChildPredictor();
  try {
    await predictor.load('v', folder);
    return await predictor.predict('v', asked);
  } finally {
    await predictor.close();
  }
}

/** How sure each answer is of each label. */
const scoresOf = (answers: readonly AnyOutput[]) =>
  answers.flatMap((answer) => ('scores' in answer ? Object.values(answer.scores) : []));

test.each([
  ['that tells texts apart', READER, trainReader, 'lora'],
  ['that writes, over 4 bits', WRITER, trainWriter, 'qlora'],
] as const)(
  'an adapter over a base %s leaves merged, and answers alone as over its base; as an artifact it brings its base',
  needsShared(WRITER, READER),
  async (_, base, train, kind) => {
    const scratch = tempFolder();
    const baseDigest = await putBase(store, shared(base), scratch);
    const method = { kind, lora: someLora };
    const apart = await train({
      base: shared(base),
      baseDigest,
      method,
      seed: 5,
      outFolder: path.join(scratch, 'v'),
    });
    const { digest } = await store.put(apart);
    const over = await answersOf(await store.open(digest));

    const merged = fresh();
    const files = await exportArtifact(store, { model: 'm', digest, format: 'safetensors', out: merged });
    expect(files).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', 'tokenizer.json']));
    expect(readdirSync(merged)).not.toContain('adapter');
    // Each tensor of the base is there, and what an adapter is made of is not.
    const tensors = Object.keys(await read<object>('safetensors', path.join(merged, 'model.safetensors')));
    expect(tensors.filter((name) => name.includes('lora'))).toEqual([]);
    // With what it says of itself, and without a base, it is a version that stands alone.
    const { over: _base, ...alone } = JSON.parse(
      readFileSync(path.join(apart, 'driftloop.json'), 'utf8'),
    ) as object & {
      over: unknown;
    };
    writeFileSync(path.join(merged, 'driftloop.json'), JSON.stringify(alone));
    const answers = await answersOf(merged);
    expect(
      answers.map((answer) => ('text' in answer ? answer.text : 'label' in answer && answer.label)),
    ).toEqual(over.map((answer) => ('text' in answer ? answer.text : 'label' in answer && answer.label)));
    const offBy = scoresOf(answers).map((score, i) => Math.abs(score - scoresOf(over)[i]!));
    expect(Math.max(0, ...offBy)).toBeLessThan(1e-4);

    const artifact = fresh();
    const brought = await exportArtifact(store, { model: 'm', digest, format: 'driftloop', out: artifact });
    expect(brought).toContain(path.join('..', baseDigest, 'model.safetensors'));
    const elsewhere = createFolderStore(path.join(tempFolder(), 'artifacts'));
    await expect(elsewhere.put(artifact)).rejects.toMatchObject({ code: 'DL_ARTIFACT_MISSING' });
    expect((await elsewhere.put(path.join(artifact, '..', baseDigest))).digest).toBe(baseDigest);
    expect((await elsewhere.put(artifact)).digest).toBe(digest);
    // A second one beside it finds the base there.
    const second = path.join(artifact, '..', 'second');
    const only = await exportArtifact(store, { model: 'm', digest, format: 'driftloop', out: second });
    expect(only.filter((file) => file.startsWith('..'))).toEqual([]);
    const onnx = exportArtifact(store, { model: 'm', digest, format: 'onnx', out: fresh() });
    await expect(onnx).rejects.toMatchObject({ code: 'DL_EXPORT_UNFIT' });
  },
);

test('MLflow reads a run: params, metrics with their steps, tags, artifacts; a second one beside it', async () => {
  const { digest } = await trained(classes, isLong);
  const { stores, namespace } = db;
  const declared = parseConfig({ namespace, models: [{ name: 'plans', task: classes, input }] });
  const { digest: configDigest } = await stores.models.apply(declared);
  const trigger = {
    kind: 'manual',
    firedAt: '2026-03-02T00:00:00.000Z',
    reason: 'New tariff.',
    by: 'ada',
  } as const;
  for (const id of ['r1', 'r2'])
    await stores.runs.begin({ id, model: 'plans', trigger, configDigest, labelledAtStart: 0 });
  const version = { model: 'plans', parent: null, snapshotId: null, trainSeconds: 2, accuracyOnTest: 0.9 };
  const { version: name } = await stores.versions.register({ ...version, digest, runId: 'r1' });
  const progress = {
    steps: 150,
    epoch: 0,
    validationLoss: null,
    learningRate: 1e-3,
    examplesPerSecond: 400,
    memoryMb: 300,
    backend: 'javascript',
    resumedAtStep: null,
  };
  for (const [step, trainLoss] of [
    [10, 0.5],
    [20, 0.25],
    [30, 0.125],
  ] as const)
    await stores.runs.saveProgress('r1', { ...progress, step, trainLoss });
  await stores.runs.saveEvaluation('r1', {
    look: 1,
    rows: 75,
    challenger: name,
    champion: 'v0',
    testDigest: 't',
    report: {
      challenger: { accuracy: 0.9 },
      difference: 0.1,
      names: ['not a number'],
      slices: { 'plan=free': 0.8 },
    },
    verdict: { kind: 'promote', by: 'evidence', sentence: 'Better.' },
  });
  await stores.runs.update('r1', { version: name, trainSeconds: 2.5 });
  await stores.runs.end('r1', { kind: 'promoted', version: name, sentence: 'It is the champion.' });

  const out = path.join(tempFolder(), 'mlruns');
  // Written twice, it is there once.
  for (const id of ['r1', 'r1', 'r2'])
    expect(await typeHere(tempFolder(), 'run', 'export', id, '--out', out)).toMatchObject({
      code: 0,
      err: '',
    });
  type Seen = { name: string; [key: string]: unknown };
  const seen = (await read<Seen[]>('mlflow', out)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  expect(seen.map((run) => [run.name, run['status'], run['experiment']])).toEqual([
    ['r1', 'FINISHED', `${namespace}/plans`],
    ['r2', 'RUNNING', `${namespace}/plans`],
  ]);
  expect(seen[0]).toMatchObject({
    loss: [
      [10, 0.5],
      [20, 0.25],
      [30, 0.125],
    ],
    params: { trigger: 'manual', kind: 'tabular', 'training.rows': '300', 'lineage.snapshotId': 's1' },
    latest: {
      'gate/rows': 75,
      'gate/challenger.accuracy': 0.9,
      'gate/difference': 0.1,
      'gate/slices.plan_free': 0.8,
      'training/seconds': 2.5,
    },
    tags: { 'driftloop.version': name, 'driftloop.outcome': 'promoted', 'driftloop.verdict': 'promote' },
    artifacts: ['gate', 'story.json', 'version'],
    version: ['version/driftloop.json', 'version/model.safetensors'],
  });
  const said = await typeHere(
    tempFolder(),
    'version',
    'export',
    'plans',
    name,
    '--format',
    'driftloop',
    '--out',
    fresh(),
  );
  expect(said).toMatchObject({ code: 0, out: expect.stringContaining(`of ${name} to `) as string });
}, 120_000);
