import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from 'vitest';
import type { StoredEvent } from '../../../domain/ingest-ports.ts';
import { declareModel, declared } from '../../support/declare-model.ts';
import { openTestDatabase, startTestPostgres, type TestDatabase } from '../../support/test-database.ts';

let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let db: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
});
afterAll(() => postgres?.stop());
beforeEach(async () => {
  db = await openTestDatabase(postgres.databaseUrl);
  await declareModel(db.stores);
});
afterEach(() => db.close());

async function relayed(): Promise<StoredEvent[]> {
  const told: StoredEvent[] = [];
  await db.stores.ingest.relayEvents(100, async (events) => void told.push(...events));
  return told;
}
const said = (events: readonly StoredEvent[]) => events.map(({ type, data }) => ({ type, data }));
const why = { by: 'ada', because: 'a test' };

test('runs, versions and routes tell what has happened, in its order, and once', async () => {
  const { runs, routes } = db.stores;
  expect(said(await relayed()).map(({ data }) => data)).toMatchObject([
    { action: 'apply' },
    { version: 'v1' },
    { version: 'v2' },
  ]);
  const { digest: configDigest } = await db.stores.models.apply(declared);
  const trigger = {
    kind: 'manual',
    firedAt: '2026-03-02T00:00:00.000Z',
    reason: 'asked',
    by: 'ada',
  } as const;
  const run = { id: 'r1', model: 'm', trigger, configDigest, labelledAtStart: 0 };
  await routes.promote('m', 'v1', why);
  for (const _ of [1, 2]) {
    await runs.begin(run);
    await routes.setChallenger('m', { version: 'v2', share: 0.1, mode: 'canary' }, { ...why, runId: 'r1' });
  }
  for (const _ of [1, 2]) {
    await routes.promote('m', 'v2', { ...why, runId: 'r1' });
    await runs.end('r1', { kind: 'promoted', version: 'v2', sentence: 'v2 is the champion.' });
  }
  const route = { by: 'ada', because: 'a test' };
  expect(said(await relayed())).toEqual([
    {
      type: 'driftloop.route.changed.v1',
      data: {
        ...route,
        generation: 1,
        champion: 'v1',
        challenger: null,
        share: null,
        mode: null,
        runId: null,
      },
    },
    {
      type: 'driftloop.champion.changed.v1',
      data: { ...route, version: 'v1', previous: null, generation: 1, runId: null },
    },
    { type: 'driftloop.run.begun.v1', data: { runId: 'r1', trigger: 'manual', because: 'asked' } },
    {
      type: 'driftloop.route.changed.v1',
      data: {
        ...route,
        generation: 2,
        champion: 'v1',
        challenger: 'v2',
        share: 0.1,
        mode: 'canary',
        runId: 'r1',
      },
    },
    {
      type: 'driftloop.route.changed.v1',
      data: {
        ...route,
        generation: 3,
        champion: 'v2',
        challenger: null,
        share: null,
        mode: null,
        runId: 'r1',
      },
    },
    {
      type: 'driftloop.champion.changed.v1',
      data: { ...route, version: 'v2', previous: 'v1', generation: 3, runId: 'r1' },
    },
    {
      type: 'driftloop.run.ended.v1',
      data: { runId: 'r1', outcome: 'promoted', version: 'v2', sentence: 'v2 is the champion.' },
    },
  ]);
  expect(await relayed()).toEqual([]);
});

test('what did not happen is not told', async () => {
  await relayed();
  const { routes } = db.stores;
  await expect(routes.promote('m', 'v9', why)).rejects.toMatchObject({ code: 'DL_UNKNOWN_VERSION' });
  await routes.promote('m', 'v1', why);
  await expect(routes.promote('m', 'v2', { ...why, over: 'v3' })).rejects.toMatchObject({
    code: 'DL_CHAMPION_CHANGED',
  });
  expect(await relayed()).toMatchObject([{ data: { champion: 'v1' } }, { data: { version: 'v1' } }]);
});

test('what could not be sent waits; two relays send nothing twice', async () => {
  const { ingest } = db.stores;
  const fail = ingest.relayEvents(100, () => Promise.reject(new Error('brokers away')));
  await expect(fail).rejects.toThrow('brokers away');
  const told: string[] = [];
  const relay = () =>
    ingest.relayEvents(100, async (events) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      told.push(...events.map(({ id }) => id));
    });
  const counts = await Promise.all([relay(), relay(), relay()]);
  expect(counts.toSorted()).toEqual([0, 0, 3]);
  expect(new Set(told).size).toBe(3);
});
