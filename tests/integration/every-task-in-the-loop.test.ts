import { cpSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isTruthOf, textOfAnswer, truthOfText } from '../../domain/answer-text.ts';
import { outside } from '../../domain/config.ts';
import { full } from '../../domain/fine-tune-config.ts';
import type { TrainingJob } from '../../domain/ports.ts';
import type { DeclaredTask } from '../../domain/task.ts';
import { createPredictor, createTrainer } from '../../infra/trainer.ts';
import { isRight } from '../../statistics/is-right.ts';
import { writeLabelledFile } from '../../training/labelled-file.ts';
import { LOOP_SETTINGS } from '../../training/tabular/settings.ts';
import { openActivityWorld } from '../support/activity-world.ts';
import { chat, rent, topics, type TaskRow } from '../support/every-task.ts';
import { needsShared, shared } from '../support/shared-data.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { startTestPostgres } from '../support/test-database.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import { runWhole, startTeam } from '../support/whole-loop.ts';

/** Numbers, several labels and texts: trained, killed and resumed, served, judged and promoted by the same loop. */

const predictor = createPredictor();
afterAll(() => predictor.close());

async function jobOf(
  { task, input }: Pick<TrainingJob['model'], 'task' | 'input'>,
  training: TrainingJob['training'],
  parts: { train: TaskRow[]; validation: TaskRow[] },
): Promise<TrainingJob> {
  const folder = tempFolder();
  const file = async (name: keyof typeof parts) => {
    const at = path.join(folder, `${name}.jsonl`);
    const lines = parts[name].map((row) => ({ ...row, label: truthOfText(task, row.label) }));
    await writeLabelledFile(at, lines);
    return at;
  };
  return {
    model: { name: 'm', task, input },
    training,
    trainFile: await file('train'),
    validationFile: await file('validation'),
    outFolder: path.join(folder, 'artifact'),
    lineage: {},
    checkpoint: { file: path.join(folder, 'checkpoint'), everyMs: 1 },
  };
}

/** Trains; the training is aborted as soon as it has kept a checkpoint, and goes on from there. */
async function trainedInTwo(job: TrainingJob) {
  const stop = new AbortController();
  const first = createTrainer().fineTune(job, {
    onProgress: () => {},
    onCheckpoint: () => stop.abort(new Error('enough')),
    signal: stop.signal,
  });
  await expect(first).rejects.toThrow('enough');
  // Of the rest few are kept: each costs more than a step here.
  const checkpoint = { file: job.checkpoint!.file };
  return await createTrainer().fineTune({ ...job, checkpoint }, { onProgress: () => {} });
}

async function shareRight(task: DeclaredTask, folder: string, rows: readonly TaskRow[]): Promise<number> {
  await predictor.load(folder, folder);
  const answers = await predictor.predict(
    folder,
    rows.map(({ input }) => input),
  );
  for (const answer of answers) expect(isTruthOf(task, textOfAnswer(task, answer))).toBe(true);
  return (
    answers.filter((answer, i) => isRight(task, textOfAnswer(task, answer), rows[i]!.label)).length /
    rows.length
  );
}

const decoder = () => {
  const folder = tempFolder();
  cpSync(shared('vectors/finetune/gpt2'), folder, { recursive: true });
  return folder;
};
const writing = full({ learningRate: 0.01, epochs: 25, batchSize: 6, patience: 25, longest: 40 });

describe('trained, interrupted and resumed, and then asked', () => {
  test('numbers', async () => {
    const settings = { ...LOOP_SETTINGS, minSteps: 300, maxSteps: 600, epochs: 60 };
    const job = await jobOf(
      rent,
      { kind: 'table', settings, search: null, warmStart: null },
      {
        train: rent.rows(300, 1),
        validation: rent.rows(80, 2),
      },
    );
    const report = await trainedInTwo(job);
    expect(report.resumedAtStep).toBeGreaterThan(0);
    expect(await shareRight(rent.task, job.outFolder, rent.rows(100, 3))).toBeGreaterThan(0.95);
  });

  test('several labels', async () => {
    const wish = full({ epochs: 8, batchSize: 16, longest: 16, patience: 8, learningRate: 3e-3 });
    const job = await jobOf(
      topics,
      { kind: 'text', wish, base: null, old: null },
      {
        train: topics.rows(300, 1),
        validation: topics.rows(60, 2),
      },
    );
    const report = await trainedInTwo(job);
    expect(report.resumedAtStep).toBeGreaterThan(0);
    expect(await shareRight(topics.task, job.outFolder, topics.rows(100, 3))).toBeGreaterThan(0.9);
  });

  test('texts', needsShared('vectors/finetune/gpt2'), async () => {
    const job = await jobOf(
      chat,
      { kind: 'text', wish: writing, base: decoder(), old: null },
      {
        train: chat.rows(),
        validation: chat.rows().slice(0, 6),
      },
    );
    const report = await trainedInTwo(job);
    expect(report.resumedAtStep).toBeGreaterThan(0);
    expect(await shareRight(chat.task, job.outFolder, chat.rows())).toBeGreaterThan(0.9);
  });
});

describe('a run from its beginning to its end', () => {
  let temporal: Awaited<ReturnType<typeof startTestTemporal>>;
  let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
  let team: Awaited<ReturnType<typeof startTeam>>;
  beforeAll(async () => {
    [temporal, postgres, team] = await Promise.all([startTestTemporal(), startTestPostgres(), startTeam()]);
  });
  afterAll(async () => {
    await postgres?.stop();
    await temporal?.stop();
    team?.stop();
  });

  test('numbers that have changed are learnt anew, proven within the tolerance, and answer production', async () => {
    const model = {
      task: rent.task,
      input: rent.input,
      serving: outside({ webhook: team.webhook }),
      rollout: { minRequests: 20 },
      gate: { thresholds: [{ metric: 'mae', upperBound: 100 }] },
    };
    const world = await openActivityWorld(postgres.databaseUrl, model, predictor);
    try {
      const champion = await world.bootstrap(rent.rows(300, 1), createTrainer());
      expect(champion.accuracyOnTest).toBeGreaterThan(0.9);
      const fed = (count: number, seed: number) =>
        rent.rows(count, seed, 14).map(({ input, label: truth }) => ({ input, truth, output: rent.nothing }));
      await world.label(fed(300, 4));
      const { outcome, verdict, id } = await runWhole(
        world,
        { temporal, team },
        {
          fresh: fed(150, 5),
          asked: rent.rows(25, 6).map(({ input }) => input),
          output: rent.nothing,
        },
      );
      expect(outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
      expect(verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
      const [evaluation] = (await world.stores.runs.evaluations(id)).slice(-1);
      expect(evaluation!.report).toMatchObject({
        champion: { accuracy: { estimate: expect.any(Number) as number } },
        challenger: { mae: { estimate: expect.any(Number) as number } },
      });
      const { mae, r2 } = (evaluation!.report as { challenger: Record<string, { estimate: number }> })
        .challenger;
      expect(mae!.estimate).toBeLessThan(60);
      expect(r2!.estimate).toBeGreaterThan(0.9);
    } finally {
      await world.close();
    }
  });
});
