import path from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command, outside } from '../../domain/config.ts';
import { createPredictor, createTrainer } from '../../infra/trainer.ts';
import { openActivityWorld } from '../support/activity-world.ts';
import type { ActivityWorld } from '../support/activity-world.ts';
import { labelOfAnswer } from '../support/label-of.ts';
import { startTestPostgres } from '../support/test-database.ts';
import { startTestTemporal } from '../support/test-temporal.ts';
import { planRows, plans } from '../support/training-files.ts';
import { runWhole, startTeam } from '../support/whole-loop.ts';

/** A program of the team's in the whole loop: it trains and answers. */

const program = path.join(import.meta.dirname, '../support/programs/threshold.mjs');

let temporal: Awaited<ReturnType<typeof startTestTemporal>>;
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let team: Awaited<ReturnType<typeof startTeam>>;
let world: ActivityWorld;
const predictor = createPredictor();

beforeAll(async () => {
  [temporal, postgres, team] = await Promise.all([startTestTemporal(), startTestPostgres(), startTeam()]);
  const model = {
    task: plans.task,
    input: plans.input,
    trainer: command([process.execPath, program], { settings: { column: 'tenure' } }),
    serving: outside({ webhook: team.webhook }),
    rollout: { minRequests: 20 },
  };
  world = await openActivityWorld(postgres.databaseUrl, model, predictor);
});
afterAll(async () => {
  await predictor.close();
  await world?.close();
  await postgres?.stop();
  await temporal?.stop();
  team?.stop();
});

/** Rows of production after the rule has changed, or before. */
const fed = (count: number, seed: number, limit: number) =>
  planRows(count, seed, limit).map(({ input, label: truth }) => ({ input, truth, output: anyAnswer }));
const anyAnswer = { label: 'stay', scores: { stay: 1, leave: 0 } };

test('a program trains what a person asked for, and its version is proven, handed over and promoted', async () => {
  const { stores, ports } = world;
  const champion = await world.bootstrap(planRows(200, 1, 30), createTrainer());
  await world.label(fed(300, 2, 12));
  const asked = [{ tenure: 20, plan: 'free' }];
  const { id, outcome, verdict } = await runWhole(
    world,
    { temporal, team },
    { fresh: fed(120, 3, 12), asked: Array.from({ length: 25 }, () => asked[0]!), output: anyAnswer },
  );
  expect(outcome).toMatchObject({ kind: 'promoted', version: 'v2' });
  expect(verdict).toMatchObject({ kind: 'promote', by: 'evidence' });
  const promoted = await stores.versions.get('m', 'v2');
  expect(promoted).toMatchObject({ role: 'champion', parent: champion.version, runId: id });
  expect(promoted.accuracyOnTest).toBeGreaterThan(0.9);
  await predictor.load(promoted.digest, await ports.artifacts.open(promoted.digest));
  // It stayed only beyond 30 months before.
  expect(labelOfAnswer((await predictor.predict(promoted.digest, asked))[0])).toBe('stay');
  expect(labelOfAnswer((await predictor.predict(champion.digest, asked))[0])).toBe('leave');
});
