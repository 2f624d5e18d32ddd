import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { command } from '../../domain/config.ts';
import type { TrainingJob } from '../../domain/ports.ts';
import { trainerSchema } from '../../domain/trainer-config.ts';
import { createCommandTrainer } from '../../infra/command/command-trainer.ts';
import { withPrograms } from '../../infra/command/with-programs.ts';
import { createChildPredictor } from '../../infra/tensorflow/child-predictor.ts';
import { createPredictor, createTrainer } from '../../infra/trainer.ts';
import { readCommandSignature } from '../../training/command/command-signature.ts';
import { describeVersion } from '../../training/describe-version.ts';
import { isAlive } from '../support/is-alive.ts';
import { keepsThePredictorContract } from '../support/predictor-contract.ts';
import { keepsTheTrainerContract, startTraining } from '../support/trainer-contract.ts';
import type { TrainerCase } from '../support/trainer-contract.ts';
import { planJob, planRows, plans } from '../support/training-files.ts';
import { labelOfAnswer } from '../support/label-of.ts';

const program = fileURLToPath(new URL('../support/programs/threshold.mjs', import.meta.url));

type Settings = Record<string, string | number | boolean | string[]>;
type Times = { silence?: string; grace?: string };

async function programJob(
  folder: string,
  settings: Settings = {},
  {
    argv = [process.execPath, program],
    champion = null,
    ...times
  }: Times & { argv?: string[]; champion?: string | null } = {},
): Promise<TrainingJob> {
  const trainer = trainerSchema.parse(
    command(argv, { settings: { column: 'tenure', ...settings }, ...times }),
  );
  if (trainer.kind !== 'command') throw new Error('not by a program');
  const training = {
    kind: 'program',
    trainer,
    wish: null,
    base: { kind: 'champion' },
    champion,
    old: null,
  } as const;
  return { ...(await planJob(folder)), training };
}

const given: TrainerCase = {
  create: (onProgram) => createCommandTrainer({ onProgram }),
  short: (folder) => programJob(folder),
  endless: (folder) => programJob(folder, { steps: 10_000_000, pauseMs: 5 }),
  crash: 'DL_PROGRAM_FAILED',
};
keepsTheTrainerContract('a program', given);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'driftloop-program-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const train = (job: TrainingJob, options: Parameters<typeof createCommandTrainer>[0] = {}) =>
  createCommandTrainer(options).fineTune(job, { onProgress: () => {} });
const problem = (code: string, message: string) => ({
  code,
  message: expect.stringContaining(message) as string,
});

describe('a version that a program has trained', () => {
  test('knows the rule, says what it is, and leaves nothing beside its folder', async () => {
    const job = await programJob(folder);
    const report = await createTrainer().fineTune(job, { onProgress: () => {} });
    expect(report).toMatchObject({ backend: 'arithmetic', notes: [], resumedAtStep: null });
    expect(await readCommandSignature(job.outFolder)).toMatchObject({
      kind: 'command',
      model: { name: 'plans' },
      trainer: { command: [process.execPath, program] },
      parameters: { trainable: 1, total: 1 },
      training: { rows: 400, validationRows: 100 },
      lineage: { snapshotId: 'test' },
    });
    const { features, labels } = (await describeVersion(job.outFolder)).reference;
    expect(Object.keys(features).sort()).toEqual(['plan', 'tenure']);
    expect(labels['stay']! + labels['leave']!).toBeCloseTo(1, 9);
    expect((await readdir(folder)).sort()).toEqual(['artifact', 'train.jsonl', 'validation.jsonl']);

    const predictor = createPredictor();
    try {
      await predictor.load('v1', job.outFolder);
      const fresh = planRows(300, 9);
      const outputs = await predictor.predict(
        'v1',
        fresh.map(({ input }) => input),
      );
      const right = outputs.filter((output, i) => labelOfAnswer(output) === fresh[i]!.label).length;
      expect(right / fresh.length).toBeGreaterThan(0.99);
    } finally {
      await predictor.close();
    }
  });

  test('is given the champion as a copy', async () => {
    const champion = await programJob(folder);
    await train(champion);
    const outFolder = path.join(folder, 'next');
    const next = await programJob(folder, { copies: 'champion' }, { champion: champion.outFolder });
    await train({ ...next, outFolder });
    expect(await readFile(path.join(outFolder, 'champion.json'), 'utf8')).toBe(
      await readFile(path.join(champion.outFolder, 'threshold.json'), 'utf8'),
    );
  });
});

describe('a program that is interrupted', () => {
  test('goes on from the checkpoint that it told of last, and ends where it would have', async () => {
    const whole = await programJob(folder, { checkpointEvery: 10 });
    await train(whole);
    const expected = await readFile(path.join(whole.outFolder, 'threshold.json'), 'utf8');

    const checkpoint = { file: path.join(folder, 'kept') };
    const dying = await programJob(folder, { checkpointEvery: 10, diesAt: 45, pauseMs: 2 });
    let kept = 0;
    const onCheckpoint = () => (kept += 1);
    const job = { ...dying, checkpoint };
    await expect(
      createCommandTrainer().fineTune(job, { onProgress: () => {}, onCheckpoint }),
    ).rejects.toMatchObject({ code: 'DL_PROGRAM_FAILED' });
    expect(kept).toBeGreaterThan(0);

    const report = await train(job);
    expect(report.resumedAtStep).toBe(40);
    expect(await readFile(path.join(job.outFolder, 'threshold.json'), 'utf8')).toBe(expected);
  });

  test('begins anew where the checkpoint is of another training, and says so', async () => {
    const checkpoint = { file: path.join(folder, 'kept') };
    await train({ ...(await programJob(folder, { checkpointEvery: 10 })), checkpoint });
    expect(existsSync(checkpoint.file)).toBe(true);
    const other = { ...(await programJob(folder, { checkpointEvery: 20 })), checkpoint };
    const report = await train(other);
    expect(report.resumedAtStep).toBeNull();
    expect(report.notes).toEqual([expect.stringContaining('another training')]);
  });
});

describe('a program that does not keep the contract', () => {
  test.each<[string, Settings, ReturnType<typeof problem>]>([
    ['says why it failed', { fails: 'no such base' }, problem('DL_PROGRAM_FAILED', 'no such base')],
    ['ends badly', { exits: 3 }, problem('DL_PROGRAM_FAILED', 'OutOfLuck: no luck today')],
    ['never says that it is done', { neverDone: true }, problem('DL_PROGRAM_FAILED', 'never said')],
    ['leaves nothing', { leavesNothing: true }, problem('DL_PROGRAM_NO_ARTIFACT', 'left nothing')],
    [
      'answers with other labels',
      { answers: 'foreign' },
      problem('DL_PROGRAM_ANSWERS_INVALID', '"sure" is not a label'),
    ],
    [
      'answers too few rows',
      { answers: 'few' },
      problem('DL_PROGRAM_ANSWERS_INVALID', '31 outputs for 32 rows'),
    ],
    ['does not answer', { answers: 'dies' }, problem('DL_PROGRAM_FAILED', 'before it had answered')],
  ])('%s', async (_, settings, error) => {
    const job = await programJob(folder, settings);
    await expect(train(job)).rejects.toMatchObject(error);
    expect(existsSync(job.outFolder)).toBe(false);
  });

  test('is not there', async () => {
    const job = await programJob(folder, {}, { argv: ['driftloop-no-such-program'] });
    await expect(train(job)).rejects.toMatchObject(
      problem('DL_PROGRAM_NOT_FOUND', '"driftloop-no-such-program" is not there'),
    );
  });

  test('says nothing, and is ended', async () => {
    const job = await programJob(folder, { steps: 3, pauseMs: 60_000 }, { silence: '300ms' });
    await expect(train(job)).rejects.toMatchObject(problem('DL_PROGRAM_FAILED', 'said nothing for 300ms'));
  });

  test('says other things too: they are passed on, and noted', async () => {
    const noise = ['Loading…', '{"kind":"progress","step":"one"}'];
    const ignored: string[] = [];
    const report = await train(await programJob(folder, { noise }), {
      onIgnored: (line, because) => ignored.push(`${line} ${because}`),
    });
    expect(ignored[0]).toBe('Loading… it is no JSON object');
    expect(ignored[1]).toContain('step: ');
    expect(report.notes).toEqual([
      '2 lines of the program’s stdout said nothing to Driftloop; the first: "Loading…".',
    ]);
  });
});

describe('the life of a program', () => {
  test('one that does not heed SIGTERM is killed when its grace is over, with what it has started', async () => {
    const child = path.join(folder, 'child');
    const settings = { steps: 10_000_000, pauseMs: 5, ignoresSigterm: true, child };
    const job = await programJob(folder, settings, { grace: '500ms' });
    const { done, pids, stop, underWay } = startTraining(given, job);
    await underWay();
    const started = Number(await readFile(child, 'utf8'));
    expect(isAlive(started)).toBe(true);
    const cancelledAt = performance.now();
    stop.abort(new Error('no longer wanted'));
    await expect(done).rejects.toThrow('no longer wanted');
    expect(performance.now() - cancelledAt).toBeGreaterThan(450);
    expect([pids[0]!, started].map(isAlive)).toEqual([false, false]);
  });

  test('it ends when the process that wanted it is killed', async () => {
    const job = await programJob(folder, {
      steps: 10_000_000,
      pauseMs: 5,
      child: path.join(folder, 'child'),
    });
    const url = (file: string) => pathToFileURL(path.resolve(file)).href;
    const script = path.join(folder, 'parent.mjs');
    await writeFile(
      script,
      `const { createCommandTrainer } = await import(${JSON.stringify(url('infra/command/command-trainer.ts'))});
       await createCommandTrainer().fineTune(${JSON.stringify(job)}, { onProgress() {} });`,
    );
    const parent = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), script], {
      stdio: 'inherit',
    });
    const childFile = path.join(folder, 'child');
    await expect.poll(() => existsSync(childFile), { timeout: 20_000 }).toBe(true);
    const started = Number(await readFile(childFile, 'utf8'));
    parent.kill('SIGKILL');
    await expect.poll(() => isAlive(started), { timeout: 5_000 }).toBe(false);
  });

  test('it sees none of Driftloop’s secrets', async () => {
    const file = path.join(folder, 'environment.json');
    const secrets = { DATABASE_URL: 'postgres://secret', DRIFTLOOP_TOKEN: 'secret' };
    Object.assign(process.env, secrets);
    try {
      await train(await programJob(folder, { environment: file }));
    } finally {
      for (const name of Object.keys(secrets)) delete process.env[name];
    }
    const seen = JSON.parse(await readFile(file, 'utf8')) as Record<string, string>;
    expect(Object.keys(seen)).toContain('PATH');
    expect(JSON.stringify(seen)).not.toContain('secret');
  });
});

describe('a predictor of programs', () => {
  const rows = planRows(50, 7).map(({ input }) => input);
  let place: string;
  beforeAll(async () => {
    place = await mkdtemp(path.join(tmpdir(), 'driftloop-program-'));
    for (const name of ['early', 'late'])
      await train({ ...(await programJob(place)), outFolder: path.join(place, name) });
  });
  afterAll(() => rm(place, { recursive: true, force: true }));
  keepsThePredictorContract('a program', () =>
    Promise.resolve({
      predictor: withPrograms(createChildPredictor()),
      artifacts: [path.join(place, 'early'), path.join(place, 'late')] as const,
      noArtifact: place,
      rows,
      labels: plans.task.labels,
      close: () => Promise.resolve(),
    }),
  );

  test('a program that has died is started again at the next question', async () => {
    const job = await programJob(folder);
    await train(job);
    const predictor = createPredictor();
    try {
      await predictor.load('v1', job.outFolder);
      const before = await predictor.predict('v1', rows);
      await writeFile(path.join(job.outFolder, 'dies'), '');
      await expect(predictor.predict('v1', rows)).rejects.toMatchObject({ code: 'DL_PROGRAM_FAILED' });
      await rm(path.join(job.outFolder, 'dies'));
      expect(await predictor.predict('v1', rows)).toEqual(before);
    } finally {
      await predictor.close();
    }
  });
});
