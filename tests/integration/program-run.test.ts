import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createControlActivities, createTrainingActivities } from '../../activities/control-activities.ts';
import { command, outside } from '../../domain/config.ts';
import { workflowIds } from '../../domain/names.ts';
import { createMetricsReader } from '../../infra/prometheus/metrics-reader.ts';
import { connectLoop } from '../../infra/temporal/loop.ts';
import { createRunProbe } from '../../infra/temporal/run-probe.ts';
import { createScheduleAligner } from '../../infra/temporal/schedules.ts';
import { createControlWorker, createTrainingWorker } from '../../infra/temporal/workers.ts';
import { createPredictor, createTrainer } from '../../infra/trainer.ts';
import { createWebhook } from '../../infra/webhook/signed-post.ts';
import { openActivityWorld } from '../support/activity-world.ts';
import type { ActivityWorld } from '../support/activity-world.ts';
import { startTestPostgres } from '../support/test-database.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import { planRows, plans } from '../support/training-files.ts';
import { until } from '../workflows/loop-environment.ts';
import { labelOfAnswer } from '../support/label-of.ts';

/**
 * A program of the team's in the whole loop: real workflows, activities, database, artifacts and workers; the program
 * trains and answers, the team is told by webhook, and its production says who is champion.
 */

const program = path.join(import.meta.dirname, '../support/programs/threshold.mjs');
const MINUTE_MS = 60_000;

let temporal: Awaited<ReturnType<typeof startTestTemporal>>;
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let world: ActivityWorld;
const predictor = createPredictor();
/** What the team was handed over. */
const handed: { version: string; metrics: object }[] = [];
const team = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    handed.push((JSON.parse(Buffer.concat(chunks).toString()) as { data: (typeof handed)[number] }).data);
    response.writeHead(204).end();
  });
});

beforeAll(async () => {
  [temporal, postgres] = await Promise.all([startTestTemporal(), startTestPostgres()]);
  await new Promise<void>((resolve) => team.listen(0, '127.0.0.1', resolve));
  const webhook = `http://127.0.0.1:${(team.address() as AddressInfo).port}`;
  const model = {
    task: plans.task,
    input: plans.input,
    trainer: command([process.execPath, program], { settings: { column: 'tenure' } }),
    serving: outside({ webhook }),
    rollout: { minRequests: 20 },
  };
  world = await openActivityWorld(postgres.databaseUrl, model, predictor);
});
afterAll(async () => {
  await predictor.close();
  await world?.close();
  await postgres?.stop();
  await temporal?.stop();
  team.close();
});

/** Rows of production after the rule has changed, or before. */
const fed = (count: number, seed: number, limit: number) =>
  planRows(count, seed, limit).map(({ input, label: truth }) => ({ input, truth, output: anyAnswer }));
const anyAnswer = { label: 'stay', scores: { stay: 1, leave: 0 } };

test('a program trains what a person asked for, and its version is proven, handed over and promoted', async () => {
  const { stores, ports, namespace } = world;
  const trainer = createTrainer();
  const known = planRows(200, 1, 30);
  const champion = await world.bootstrap(known, trainer);
  await world.label(fed(300, 2, 12));

  const { connection, address } = temporal;
  const client = new Client({ connection, namespace: address.namespace });
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const control = createControlActivities(
    {
      ...ports,
      // Nobody watches this model, and nothing asks for its numbers.
      metrics: createMetricsReader({ url: 'http://127.0.0.1:1', namespace }),
      webhook: createWebhook(() => secret),
      startPredictor: async () => createPredictor(),
      isRunAlive: createRunProbe(client, namespace),
      alignSchedule: createScheduleAligner(client, namespace),
    },
    { namespace, pace: { beatMs: 50, stretchMs: MINUTE_MS } },
  );
  const onQueues = { connection, temporalNamespace: address.namespace, namespace };
  const workers = await Promise.all([
    createControlWorker({ ...onQueues, activities: control }),
    createTrainingWorker({ ...onQueues, activities: createTrainingActivities({ ...ports, trainer }) }),
  ]);
  const { loop, close } = await connectLoop({ namespace, temporal: address });
  try {
    const { runId } = await loop.requestRun('m', { by: 'ada', reason: 'new terms since Monday' });
    await until(async () => (await stores.runs.get(runId)).version !== null, MINUTE_MS);
    // Rows that it cannot have seen.
    await world.label(fed(120, 3, 12));
    await until(() => handed.length > 0, MINUTE_MS);
    const { version } = handed[0]!;
    await until(async () => {
      const { outcome } = await stores.runs.get(runId);
      const answered = Array.from({ length: 25 }, () => ({ tenure: 20, plan: 'free' }));
      if (outcome === null) await world.predict(answered, { version, output: anyAnswer });
      return outcome !== null;
    }, MINUTE_MS);

    const { outcome, verdict } = await stores.runs.get(runId);
    expect(outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
    expect(verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
    const promoted = await stores.versions.get('m', 'v2');
    expect(promoted).toMatchObject({ role: 'champion', parent: champion.version, runId });
    expect(promoted.accuracyOnTest).toBeGreaterThan(0.9);
    await predictor.load(promoted.digest, await ports.artifacts.open(promoted.digest));
    const asked = [{ tenure: 20, plan: 'free' }];
    // It stayed only beyond 30 months before.
    expect(labelOfAnswer((await predictor.predict(promoted.digest, asked))[0])).toBe('stay');
    expect(labelOfAnswer((await predictor.predict(champion.digest, asked))[0])).toBe('leave');
  } finally {
    await client.workflow
      .getHandle(workflowIds.supervise(namespace, 'm'))
      .terminate()
      .catch(() => {});
    await Promise.all(workers.map((worker) => worker.stop()));
    await close();
  }
});
